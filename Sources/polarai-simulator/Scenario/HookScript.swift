import Model

/// A receiver of webhooks at `/hook/NAME`.
struct HookScript: Sendable {
    var name: String
    /// Standard Webhooks secrets, `whsec_…`; a delivery must be signed with one of them. Empty: nothing is checked.
    var secrets: [String] = []
    var plan: [Step] = []

    /// How a delivery is answered while the step lasts; the last step lasts for ever.
    struct Step: Sendable {
        var status = 200
        /// So many deliveries; nil with no `until`: for ever.
        var times: Int?
        /// Until then, however many.
        var until: ScenarioTime?
        var delay = Duration.zero
        var mute = false
        var reset = false
        /// `Retry-After` in seconds.
        var retryAfter: Duration?
        /// The same as an HTTP date.
        var retryAfterDate: Duration?
        var location: String?
        var headers: [String: String] = [:]
        var body = ""
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, secret, secrets, plan
    }

    init(name: String) {
        self.name = name
    }
}

extension HookScript: Decodable {
    init(from decoder: any Decoder) throws {
        let fields = try StrictFields<CodingKeys>(decoder)
        name = try fields.required(.name)
        secrets = try fields.value(.secrets, default: [])
        if let secret: String = try fields.optional(.secret) { secrets.append(secret) }
        for secret in secrets where StandardWebhooks.key(of: secret) == nil {
            throw fields.failure(.secret, "is not a Standard Webhooks secret: whsec_ and base64 of 24 to 64 bytes")
        }
        plan = try fields.value(.plan, default: [])
    }
}

extension HookScript.Step: Decodable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case status, times, until, delay, mute, reset
        case retryAfter = "retry_after"
        case retryAfterDate = "retry_after_date"
        case location, headers, body
    }

    init(from decoder: any Decoder) throws {
        let fields = try StrictFields<CodingKeys>(decoder)
        status = try fields.value(.status, default: 200)
        guard (200...599).contains(status) else { throw fields.failure(.status, "\(status): write 200 to 599") }
        times = try fields.optional(.times)
        until = try fields.optional(.until)
        delay = try fields.duration(.delay) ?? .zero
        mute = try fields.value(.mute, default: false)
        reset = try fields.value(.reset, default: false)
        retryAfter = try fields.duration(.retryAfter)
        retryAfterDate = try fields.duration(.retryAfterDate)
        location = try fields.optional(.location)
        headers = try fields.value(.headers, default: [:])
        body = try fields.value(.body, default: "")
    }
}
