import Alerts
import HTTPTransport
import Model
import TestSupport

/// The daemon's own targets, pointed at the stand-ins.
struct TargetFixture {
    static let services = TargetRegistry.builtIn.table.kinds.filter {
        ![.webhook, .systemd, .cloudMonitor, .command, .email].contains($0)
    }

    let simulator: Simulator
    private let client = CurlClient(userAgent: "test")

    /// Starts a simulator whose robots sign, and whose rates do not stand in the way.
    init() async throws {
        let robots = Self.services.map(Self.robot)
        simulator = try await Simulator(scenario: #"{"robots": [\#(robots.joined(separator: ", "))]}"#)
    }

    /// The robot of a service, failing in one way from now on; nil: not at all.
    func setRobot(of kind: TargetKind, failure: String? = nil) async throws {
        try await simulator.setRobot(Self.robot(kind, failure: failure))
    }

    func send(
        _ message: Message, to kind: TargetKind, asPlainText: Bool = false, language: Language = .english
    ) async -> Verdict? {
        let sender = Sender(client: client, read: Self.read) { SystemTime.now }
        return await sender.send(message, asPlainText: asPlainText, to: settings(kind, language: language))
    }

    private func settings(_ kind: TargetKind, language: Language) -> TargetSettings {
        var options = TargetOptions()
        switch kind {
        case .dingtalk, .feishu:
            options.secrets = [Secret(.literal("SEC0123456789abcdef"))]
            options.keyword = "polarai"
        case .telegram:
            options[secret: "token"] = Secret(.literal("1:tok"))
            options[text: "chat_id"] = "-100123"
        case .ntfy:
            options[secret: "token"] = Secret(.literal("tk_1"))
            options[text: "topic"] = "jobs"
        case .pagerduty: options[secret: "routing_key"] = Secret(.literal(Self.routingKey))
        default: break
        }
        let url = simulator.http + "/robot/" + Self.address(kind)
        return TargetSettings(
            name: "t", kind: kind, urls: [Secret(.literal(url))],
            connection: ConnectionSettings(timeout: .seconds(1)), language: language, options: options)
    }

    private static let routingKey = "0123456789abcdef0123456789abcdef"

    private static func address(_ kind: TargetKind) -> String {
        switch kind {
        case .dingtalk: "dingtalk/robot/send?access_token=tok"
        case .feishu: "feishu/open-apis/bot/v2/hook/tok"
        case .wecom: "wecom/cgi-bin/webhook/send?key=tok"
        case .slack: "slack/services/T/B/X"
        case .teams:
            "teams/workflows/a/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=a-b_c"
        case .discord: "discord/api/webhooks/1/tok"
        case .googleChat: "google_chat/v1/spaces/AAA/messages?key=k&token=tok%3D"
        case .mattermost: "mattermost/hooks/tok"
        default: kind.rawValue
        }
    }

    private static func robot(_ kind: TargetKind) -> String { robot(kind, failure: nil) }

    private static func robot(_ kind: TargetKind, failure: String?) -> String {
        let token =
            switch kind {
            case .dingtalk, .feishu, .wecom, .mattermost: "tok"
            case .slack: "T/B/X"
            case .teams: "a-b_c"
            case .discord: "1/tok"
            case .telegram: "1:tok"
            case .googleChat: "tok="
            case .ntfy: "tk_1"
            case .pagerduty: routingKey
            default: ""
            }
        let checks = #", "secret": "SEC0123456789abcdef", "keyword": "polarai", "chat_id": "-100123""#
        let plan = failure.map { #", "plan": [{"failure": "\#($0)", "wait": "7s"}]"# } ?? ""
        return #"{"service": "\#(kind.rawValue)", "token": "\#(token)", "rates": []\#(checks)\#(plan)}"#
    }

    private static let read: SecretReader = { secret in
        if case .literal(let text) = secret.source { text } else { "" }
    }
}
