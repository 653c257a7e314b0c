import HTTPTransport
import Model

@testable import Alerts

/// A target of each kind as a config has it, with credentials that look like the service's own.
enum TargetSample {
    /// Those that send something somewhere.
    static let kinds = TargetRegistry.builtIn.table.kinds.filter { $0 != .systemd && $0 != .email }
    /// Those whose messages are read by people.
    static let chats = kinds.filter {
        ![.webhook, .pagerduty, .alertmanager, .cloudMonitor, .command].contains($0)
    }
    /// Those whose requests carry the message as a JSON body.
    static let bodies = kinds.filter { $0 != .cloudMonitor }

    static let robotSecret = "SEC0123456789abcdef"
    static let webhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    static let botToken = "123456789:AAExampleExampleExampleExampleExampl"
    static let ntfyToken = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2"
    static let routingKey = "0123456789abcdef0123456789abcdef"

    static let addresses: [TargetKind: [String]] = [
        .webhook: ["https://example.com/hooks/0f8fad5b-d9cb-469f-a165-70867728950e"],
        .dingtalk: ["https://oapi.dingtalk.com/robot/send?access_token=5a1b2c3d4e5f60718293a4b5c6d7e8f9"],
        .feishu: ["https://open.feishu.cn/open-apis/bot/v2/hook/2a8f1c3e-4b5d-4e6f-8a9b-0c1d2e3f4a5b"],
        .wecom: ["https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7a0c-4bc4-97a0-0ec2fa5aaa11"],
        .slack: ["https://hooks.slack.com/services/T00000000/B00000000/XkZqWmPlReTyUiOpAsDfGhJk"],
        .teams: [
            "https://prod-01.westeurope.logic.azure.com:443/workflows/9f86d081884c7d659a2feaa0c55ad015/triggers/manual"
                + "/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0"
                + "&sig=kR3pXq7Lw2bV%2Bn9sTzY4uHc1mJ6eDf8gA0iOqWxEyNo"
        ],
        .discord: ["https://discord.com/api/webhooks/1310000000000000000/hUq2Zk9vXb3nLw5tRy7cPm1sDf4gJk6aQe8iOo0uWxYz"],
        .googleChat: [
            "https://chat.googleapis.com/v1/spaces/AAAA1234567/messages?key=AIzaSyExampleExampleExample&token=Zm9vYmFyYmF6cXV4%3D"
        ],
        .mattermost: ["https://chat.example.com/hooks/9jrxak1ykxrmnaed9cps9i4cim"],
        .ntfy: ["https://ntfy.sh"],
        .alertmanager: ["http://am-1.example.com:9093", "http://am-2.example.com:9093/"],
        .cloudMonitor: ["https://metrics.cn-beijing.aliyuncs.com/"],
    ]

    static func options(_ kind: TargetKind) -> TargetOptions {
        var options = TargetOptions()
        switch kind {
        case .webhook: options.secrets = [Secret(.literal(webhookSecret))]
        case .dingtalk, .feishu: options.secrets = [Secret(.literal(robotSecret))]
        case .telegram:
            options[secret: "token"] = Secret(.literal(botToken))
            options[text: "chat_id"] = "-100123"
        case .ntfy:
            options[secret: "token"] = Secret(.literal(ntfyToken))
            options[text: "topic"] = "jobs"
        case .pagerduty: options[secret: "routing_key"] = Secret(.literal(routingKey))
        case .command: options.hook = HookOptions(name: "deploy")
        default: break
        }
        return options
    }

    static func settings(
        _ kind: TargetKind, language: Language = .english, mention: Mention = Mention(), keyword: String? = nil
    ) -> TargetSettings {
        var options = options(kind)
        options.mention = mention
        options.keyword = keyword
        return TargetSettings(
            name: "chat", kind: kind, urls: (addresses[kind] ?? []).map { Secret(.literal($0)) }, language: language,
            options: options)
    }

    static let read: SecretReader = { secret in
        if case .literal(let text) = secret.source { text } else { "" }
    }

    /// The requests of one message, at a moment that is always the same.
    static func requests(
        _ message: Message, to settings: TargetSettings, asPlainText: Bool = false
    ) throws -> [TargetRequest] {
        var context = try ResolvedTarget(settings, read: read, now: Sample.now).context
        context.asPlainText = asPlainText
        return try TargetRegistry.builtIn.target(for: settings.kind).requests(for: message, in: context)
    }

    /// Everything in a kind's settings that must not be seen.
    static func credentials(_ kind: TargetKind) -> [String] {
        switch kind {
        case .webhook: ["0f8fad5b-d9cb-469f-a165-70867728950e", webhookSecret, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
        case .dingtalk: ["5a1b2c3d4e5f60718293a4b5c6d7e8f9", robotSecret, "0123456789abcdef"]
        case .feishu: ["2a8f1c3e-4b5d-4e6f-8a9b-0c1d2e3f4a5b", robotSecret, "0123456789abcdef"]
        case .wecom: ["693a91f6-7a0c-4bc4-97a0-0ec2fa5aaa11"]
        case .slack: ["XkZqWmPlReTyUiOpAsDfGhJk"]
        case .teams:
            ["kR3pXq7Lw2bV%2Bn9sTzY4uHc1mJ6eDf8gA0iOqWxEyNo", "kR3pXq7Lw2bV+n9sTzY4uHc1mJ6eDf8gA0iOqWxEyNo"]
        case .discord: ["hUq2Zk9vXb3nLw5tRy7cPm1sDf4gJk6aQe8iOo0uWxYz"]
        case .telegram: [botToken, "AAExampleExampleExampleExampleExampl"]
        case .googleChat: ["AIzaSyExampleExampleExample", "Zm9vYmFyYmF6cXV4"]
        case .mattermost: ["9jrxak1ykxrmnaed9cps9i4cim"]
        case .ntfy: [ntfyToken, "AgQdq7mVBoFD37zQVN29RhuMzNIz2"]
        case .pagerduty: [routingKey]
        default: []
        }
    }
}

/// Answers every request with a refusal that says all that was sent, as some servers do.
struct EchoingClient: HTTPClient {
    /// What the server makes of the text that it repeats.
    var rewrite: @Sendable (String) -> String = { $0 }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let headers = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        let text = "POST \(request.url)\n\(headers)\n\n" + String(decoding: request.body, as: UTF8.self)
        return HTTPResponse(status: 418, body: Array(rewrite(text).utf8))
    }
}
