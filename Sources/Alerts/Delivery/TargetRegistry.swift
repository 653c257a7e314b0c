package import Model

/// Every kind of target there is. A new service is one new file and one line here.
package enum TargetRegistry {
    package static func target(for kind: TargetKind) -> any AlertTarget {
        switch kind {
        case .webhook: Webhook()
        case .systemd: SystemdTarget()
        case .dingtalk: DingTalk()
        case .feishu: Feishu()
        case .wecom: WeCom()
        case .slack: Slack()
        case .teams: Teams()
        case .discord: Discord()
        case .telegram: Telegram()
        case .googleChat: GoogleChat()
        case .mattermost: Mattermost()
        case .ntfy: Ntfy()
        case .pagerduty: PagerDuty()
        case .alertmanager: Alertmanager()
        case .cloudMonitor: CloudMonitor()
        case .command: Command()
        case .email: Email()
        }
    }

    /// A target as it is configured.
    static func target(for settings: TargetSettings) -> any AlertTarget {
        settings.kind == .webhook ? Webhook(format: settings.options.format) : target(for: settings.kind)
    }

    /// What the outbox needs to know of a configured target.
    ///
    /// - Parameter read: if a secret cannot be read, the target shares its limits with no other.
    package static func plan(for settings: TargetSettings, read: SecretReader) -> TargetPlan {
        let manners = target(for: settings.kind).manners
        let own = settings.rate.map { Pace($0, burstUpTo: manners.pace?.burst ?? .max) }
        return TargetPlan(
            name: settings.name, delivery: settings.delivery, concurrency: manners.concurrency,
            pace: own ?? manners.pace, throttlePauses: manners.throttlePauses, digestCapacity: manners.digestCapacity,
            groupCapacity: manners.digestCapacity ?? manners.groupCapacity, hasPlainForm: manners.hasPlainForm,
            avoidsHalfHours: manners.avoidsHalfHours, credential: CredentialKey(settings, read: read),
            keepsIncidents: settings.kind.rules.keepsIncidents, settings: settings)
    }
}
