package import Model

/// What a valid config says, complete: defaults are filled in, accounts and regions resolved, names checked.
package struct Settings: Hashable, Sendable {
    /// The account of the top-level `api`, named `default`, comes first; the others follow by name.
    package var accounts = [AccountSettings()]
    /// In the order of the file.
    package var clusters: [ClusterSettings] = []
    /// Parent instances whose tasks are discovered.
    package var instances: [InstanceSettings] = []
    package var schedule = ScheduleSettings()
    /// By name. Never empty: where the config has none there is one, named `systemd`.
    package var targets: [TargetSettings] = [.systemd]
    package var routes = [RouteSettings()]
    /// What a target gets that says nothing else.
    package var delivery = DeliverySettings()
    /// The events that may fire for a cluster's very first answer.
    package var firstSeenEvents: Set<EventKind> = [.failed]
    package var storage = StorageSettings()
    package var log = LogSettings()
    /// Of messages to people, unless a target has its own.
    package var language = Language.english
    /// The IANA name of the time zone of times in messages to people, unless a target has its own; nil means UTC.
    package var timeZone: String?
    /// When a run takes too long, for tasks whose cluster says nothing else; those found at an instance among them.
    package var overdue = OverdueSettings()
    package var cost = CostSettings()
    /// In the order of the file.
    package var summaries: [SummarySettings] = []
    package var heartbeats: [HeartbeatSettings] = []
    /// By name.
    package var hooks: [HookSettings] = []
    /// The status page, `polarai-web`.
    package var web = WebSettings()

    /// The account of this name; nil if there is none.
    package func account(named name: String) -> AccountSettings? {
        accounts.first { $0.name == name }
    }

    /// The target of this name; nil if there is none.
    package func target(named name: String) -> TargetSettings? {
        targets.first { $0.name == name }
    }
}

extension TargetSettings {
    /// The target there is where a config has none.
    package static let systemd = TargetSettings(name: "systemd", kind: .systemd)
}
