extension TargetKind {
    /// A new kind is one entry here, and one file beside the other targets.
    package var rules: TargetRules {
        switch self {
        case .webhook:
            TargetRules(keys: ["url", "secret", "headers", "template", "format"], aliases: ["http", "generic"])
        case .systemd:
            TargetRules(keys: [], required: [], aliases: ["journal", "journald"])
        case .dingtalk:
            TargetRules(
                keys: ["url", "secret", "keyword"], hosts: ["oapi.dingtalk.com"], aliases: ["dingding"],
                urlParameter: "access_token", mention: .object(["mobiles", "user_ids", "all"]))
        case .feishu:
            TargetRules(
                keys: ["url", "secret", "keyword"], hosts: ["open.feishu.cn", "open.larksuite.com"], aliases: ["lark"],
                mention: .object(["user_ids", "all"]))
        case .wecom:
            TargetRules(
                keys: ["url"], hosts: ["qyapi.weixin.qq.com"], aliases: ["wechat", "weixin", "wechat_work"],
                urlParameter: "key", mention: .object(["mobiles", "user_ids", "all"]))
        case .slack:
            TargetRules(keys: ["url"], hosts: ["hooks.slack.com", "hooks.slack-gov.com"], mention: .text)
        case .teams:
            // Power Automate gives each environment a host of its own.
            TargetRules(
                keys: ["url"], hostSuffixes: [".logic.azure.com", ".environment.api.powerplatform.com"],
                aliases: ["msteams", "microsoft_teams"])
        case .discord:
            TargetRules(
                keys: ["url"], hosts: ["discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com"],
                mention: .text)
        case .telegram:
            TargetRules(
                keys: ["url", "token", "chat_id", "thread_id"], required: ["token", "chat_id"],
                hosts: ["api.telegram.org"], defaultURL: "https://api.telegram.org", urlIsPublic: true)
        case .googleChat:
            TargetRules(keys: ["url"], hosts: ["chat.googleapis.com"], aliases: ["googlechat"])
        case .mattermost:
            TargetRules(keys: ["url"], mention: .text)
        case .ntfy:
            TargetRules(keys: ["url", "topic", "token"], hosts: ["ntfy.sh"], urlIsPublic: true)
        case .pagerduty:
            TargetRules(
                keys: ["url", "routing_key"], required: ["routing_key"],
                hosts: ["events.pagerduty.com", "events.eu.pagerduty.com"], defaultURL: "https://events.pagerduty.com",
                urlIsPublic: true, keepsIncidents: true)
        case .alertmanager:
            // `url` or `urls`: the config says which is missing.
            TargetRules(keys: ["url", "urls", "hold"], required: [], urlIsPublic: true, keepsIncidents: true)
        case .cloudMonitor:
            TargetRules(
                keys: ["account", "group_id", "event_name", "endpoint"], required: [],
                aliases: ["cms", "cloud_monitor", "cloud-monitor"], urlIsPublic: true)
        case .email:
            TargetRules(
                keys: ["url", "username", "password", "from", "to", "helo"], required: ["url", "from", "to"],
                aliases: ["mail", "smtp", "e-mail"], urlIsPublic: true)
        case .command:
            TargetRules(
                keys: ["hook", "socket"], required: ["hook"], aliases: ["exec", "script", "program", "hook"])
        }
    }
}
