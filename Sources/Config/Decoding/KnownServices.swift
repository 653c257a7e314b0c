import Model

/// Which service a host belongs to. The hosts are those that each service's own page on incoming webhooks names.
enum KnownServices {
    static func kind(ofHost host: String) -> TargetKind? {
        exact[host] ?? suffixes.first { host.hasSuffix($0.suffix) }?.kind
    }

    private static let exact: [String: TargetKind] = [
        "oapi.dingtalk.com": .dingtalk,
        "open.feishu.cn": .feishu,
        "open.larksuite.com": .feishu,
        "qyapi.weixin.qq.com": .wecom,
        "hooks.slack.com": .slack,
        "hooks.slack-gov.com": .slack,
        "discord.com": .discord,
        "discordapp.com": .discord,
        "ptb.discord.com": .discord,
        "canary.discord.com": .discord,
        "api.telegram.org": .telegram,
        "chat.googleapis.com": .googleChat,
        "ntfy.sh": .ntfy,
        "events.pagerduty.com": .pagerduty,
        "events.eu.pagerduty.com": .pagerduty,
    ]

    /// Power Automate gives each environment a host of its own.
    private static let suffixes: [(suffix: String, kind: TargetKind)] = [
        (".logic.azure.com", .teams), (".environment.api.powerplatform.com", .teams),
    ]
}
