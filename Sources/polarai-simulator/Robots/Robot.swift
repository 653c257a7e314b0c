import Model

/// A strict stand-in for one chat or incident service: it checks what the service checks and answers as it does.
///
/// The rules are those of the service's own pages; where a page is silent the stricter reading is taken.
protocol Robot: Sendable {
    /// The name in `/robot/NAME/…`, behind which stands the service's own path.
    static var service: String { get }
    /// What one token may send.
    static var rates: [RobotRate] { get }
    /// Everything that the service answers when it does not take a message, by a name of ours.
    ///
    /// The time is what is left of a throttling. There is always an `unknown_token` and a `throttled`.
    static var failures: [String: @Sendable (Duration) -> ServerReply] { get }

    init()

    /// The credential in the call, by which the service distinguishes robots; nil: there is none.
    func token(of call: RobotCall) -> String?

    /// What the service has against the call.
    mutating func inspect(_ call: RobotCall) throws(RobotRefusal)

    /// The proof that it took the message.
    mutating func accept(_ call: RobotCall) -> ServerReply

    /// The answer to a GET, if the service has one.
    func show(_ call: RobotCall) -> ServerReply?
}

extension Robot {
    func show(_ call: RobotCall) -> ServerReply? { nil }
}

/// A call of a robot, and the robot's settings.
struct RobotCall: Sendable {
    let call: Call
    /// The service's own path, in parts.
    let path: [String]
    let script: RobotScript
    /// The service's own clock.
    let now: Timestamp
    /// Nil if the body is not JSON.
    let json: JSONValue?

    func parameter(_ name: String) -> String? { call.parameter(name) }

    /// Whether the body is declared as what it must be.
    var isDeclaredJSON: Bool {
        call.headers["content-type"]?.lowercased().hasPrefix("application/json") ?? false
    }
}

/// Why a message is not taken: the name of one of the service's failures, and words for the log.
struct RobotRefusal: Error, Sendable {
    let failure: String
    let words: String

    init(_ failure: String, _ words: String) {
        self.failure = failure
        self.words = words
    }
}

/// So many messages in any stretch of so much time.
struct RobotRate: Sendable, Hashable {
    let count: Int
    let per: Duration
    /// How long whoever exceeds it is shut out.
    var penalty = Duration.zero
}

extension RobotRate: Decodable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case count, per, penalty
    }

    init(from decoder: any Decoder) throws {
        let fields = try StrictFields<CodingKeys>(decoder)
        count = try fields.required(.count)
        guard count > 0 else { throw fields.failure(.count, "\(count): write 1 or more") }
        per = try fields.duration(.per) ?? .seconds(60)
        penalty = try fields.duration(.penalty) ?? .zero
    }
}
