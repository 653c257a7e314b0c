import Model

/// Something that goes wrong, from when until when and how often.
struct Fault: Sendable {
    enum Kind: String, Sendable, CaseIterable, Decodable {
        /// 500 InternalError / 503 ServiceUnavailable, as JSON.
        case http500 = "http_500"
        case http503 = "http_503"
        /// A proxy's HTML page with status 502.
        case html502 = "html_502"
        /// A whole HTTP answer whose JSON ends in the middle.
        case truncatedJSON = "truncated_json"
        /// The connection ends before the promised length.
        case cutConnection = "cut_connection"
        case otherClusterID = "other_cluster_id"
        case noStatus = "no_status"
        /// 200 with only a RequestId.
        case noCluster = "no_cluster"
        case empty200 = "empty_200"
        /// 13 MB of JSON.
        case hugeBody = "huge_body"
        /// About 100 kB of gzip which unpack to 16 MB.
        case gzipBomb = "gzip_bomb"
        case mute, slow, reset
        /// 404 InvalidDBClusterId.NotFound.
        case gone
        /// What `http`, `code` and `message` say.
        case error
        /// 400 Throttling.User.
        case throttle
        case redirect
        case notJSON = "not_json"
        case xmlError = "xml_error"
        /// The right answer, `delay` later.
        case delay
        /// The right answer with a `Date` header that is decades off.
        case wrongDate = "wrong_date"
    }

    /// Given by the server if a scenario gives none.
    var id: String?
    var kind: Kind
    var from: ScenarioTime?
    var until: ScenarioTime?
    /// The id of a task, or of an instance for the lists of its tasks.
    var cluster: String?
    var region: String?
    var action: String?
    /// So many matching calls pass first.
    var after = 0
    /// Then so many are hit; nil: all.
    var times: Int?
    /// Share of the matching calls that are hit, drawn from the scenario's seed.
    var probability = 1.0
    /// Waited before the answer, whatever the kind.
    var delay = Duration.zero
    /// For `throttle`: header `x-acs-retry-after` (milliseconds).
    var retryAfter: Duration?
    /// For `error`.
    var http = 400
    var code = "InternalError"
    var message = "The request processing has failed due to some unknown error."
    /// For `redirect`.
    var location = "https://example.invalid/"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case id, kind, from, until, cluster, region, action, after, times, probability, delay
        case retryAfter = "retry_after"
        case http, code, message, location
    }
}

extension Fault: Decodable {
    init(from decoder: any Decoder) throws {
        let fields = try StrictFields<CodingKeys>(decoder)
        id = try fields.optional(.id)
        let name: String = try fields.required(.kind)
        guard let kind = Kind(rawValue: name) else {
            let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw fields.failure(.kind, "\"\(name)\" is not a fault; known: \(known)")
        }
        self.kind = kind
        from = try fields.optional(.from)
        until = try fields.optional(.until)
        cluster = try fields.optional(.cluster)
        region = try fields.optional(.region)
        action = try fields.optional(.action)
        after = try fields.value(.after, default: 0)
        times = try fields.optional(.times)
        probability = try fields.value(.probability, default: 1)
        guard (0...1).contains(probability) else {
            throw fields.failure(.probability, "\(probability): write a number from 0 to 1")
        }
        delay = try fields.duration(.delay) ?? .zero
        retryAfter = try fields.duration(.retryAfter)
        http = try fields.value(.http, default: http)
        code = try fields.value(.code, default: code)
        message = try fields.value(.message, default: message)
        location = try fields.value(.location, default: location)
    }
}

/// So many calls in so much time.
struct QuotaRule: Sendable, Decodable {
    /// nil: all actions together.
    var action: String?
    /// Calls in one window.
    var calls: Int
    /// Length of the window, which begins with its first call.
    var per: Duration
    /// Header `x-acs-retry-after` on a refusal: `window` for what is left of the window.
    var tellsRetryAfter = false

    enum CodingKeys: String, CodingKey, CaseIterable {
        case action, calls, per
        case tellsRetryAfter = "tells_retry_after"
    }

    init(from decoder: any Decoder) throws {
        let fields = try StrictFields<CodingKeys>(decoder)
        action = try fields.optional(.action)
        calls = try fields.required(.calls)
        per = try fields.duration(.per) ?? .seconds(1)
        guard calls > 0, per > .zero else { throw fields.failure(.calls, "calls and per must be above 0") }
        tellsRetryAfter = try fields.value(.tellsRetryAfter, default: false)
    }
}
