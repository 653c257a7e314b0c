import Model

/// One account with one access key, permanent or temporary.
struct Account: Sendable {
    var name: String
    var accessKeyID: String
    var accessKeySecret: String
    /// Security tokens that belong to the key. Where there are any, a call without one is refused.
    var securityTokens: [String] = []
    /// When the tokens end; nil: never.
    var expires: ScenarioTime?
    /// The key is switched off.
    var inactive = false
    /// Actions that the account may not call.
    var denied: [String] = []

    static let standard = Account(name: "default", accessKeyID: "testid", accessKeySecret: "testsecret")

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name
        case accessKeyID = "access_key_id"
        case accessKeySecret = "access_key_secret"
        case securityTokens = "security_tokens"
        case expires, inactive, denied
    }
}

extension Account: Decodable {
    init(from decoder: any Decoder) throws {
        let fields = try StrictFields<CodingKeys>(decoder)
        name = try fields.value(.name, default: "default")
        accessKeyID = try fields.required(.accessKeyID)
        accessKeySecret = try fields.required(.accessKeySecret)
        securityTokens = try fields.value(.securityTokens, default: [])
        expires = try fields.optional(.expires)
        inactive = try fields.value(.inactive, default: false)
        denied = try fields.value(.denied, default: [])
    }
}
