import Model

/// One robot of a service: its credential, what it insists on, and how it fails on plan.
struct RobotScript: Sendable {
    var service: String
    /// Under which its deliveries are listed; else the service's name.
    var name: String
    /// The credential: DingTalk's `access_token`, Feishu's and Mattermost's last part of the path, WeCom's `key`,
    /// Slack's `T/B/X`, Teams' `sig`, Discord's `ID/TOKEN`, Telegram's bot token, Google Chat's `token`, ntfy's bearer
    /// token, PagerDuty's routing key, the name of an Alertmanager's replica.
    var token: String
    /// DingTalk, Feishu: messages must be signed.
    var secret: String?
    /// DingTalk, Feishu: messages must contain it.
    var keyword: String?
    /// Telegram: the only chat that the bot may write to.
    var chatID: String?
    /// nil: the service's own.
    var rates: [RobotRate]?
    var plan: [Step] = []

    struct Step: Sendable {
        /// A failure of the service, or one that every server knows (`CommonFailures`); nil: as it should be.
        var failure: String?
        var times: Int?
        var until: ScenarioTime?
        var delay = Duration.zero
        /// The time to wait that a throttling answer states.
        var wait = Duration.seconds(5)
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case service, name, token, secret, keyword
        case chatID = "chat_id"
        case rates, plan
    }

    /// One that takes any credential.
    init(service: String, name: String, token: String) {
        self.service = service
        self.name = name
        self.token = token
    }
}

extension RobotScript: Decodable {
    init(from decoder: any Decoder) throws {
        let fields = try StrictFields<CodingKeys>(decoder)
        service = try fields.required(.service)
        guard let robot = RobotBook.services[service] else {
            let known = RobotBook.services.keys.sorted().joined(separator: ", ")
            throw fields.failure(.service, "\"\(service)\" is not a service; known: \(known)")
        }
        name = try fields.value(.name, default: service)
        token = try fields.value(.token, default: "")
        secret = try fields.optional(.secret)
        keyword = try fields.optional(.keyword)
        chatID = try fields.optional(.chatID)
        rates = try fields.optional(.rates)
        plan = try fields.value(.plan, default: [])
        let names = Set(robot.failures.keys).union(CommonFailures.all.keys)
        if let stranger = plan.compactMap(\.failure).first(where: { !names.contains($0) }) {
            throw fields.failure(
                .plan,
                "\"\(stranger)\" is not a failure of \(service); known: \(names.sorted().joined(separator: ", "))")
        }
    }
}

extension RobotScript.Step: Decodable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case failure, times, until, delay, wait
    }

    init(from decoder: any Decoder) throws {
        let fields = try StrictFields<CodingKeys>(decoder)
        failure = try fields.optional(.failure)
        times = try fields.optional(.times)
        until = try fields.optional(.until)
        delay = try fields.duration(.delay) ?? .zero
        wait = try fields.duration(.wait) ?? .seconds(5)
    }
}
