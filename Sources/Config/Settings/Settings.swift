package import Model

/// What a valid config says, complete: defaults are filled in, accounts and regions resolved, names checked.
package struct Settings: Hashable, Sendable {
    /// The account of the top-level `api`, named `default`, comes first; the others follow by name.
    package var accounts: [AccountSettings]
    /// In the order of the file.
    package var clusters: [ClusterSettings]
    /// Parent instances whose tasks are discovered.
    package var instances: [InstanceSettings]
    package var schedule: ScheduleSettings
    /// By name. Never empty: where the config has none there is one, named `systemd`.
    package var targets: [TargetSettings]
    package var routes: [RouteSettings]
    /// What a target gets that says nothing else.
    package var delivery: DeliverySettings
    /// The events that may fire for a cluster's very first answer.
    package var firstSeenEvents: Set<EventKind>
    package var storage: StorageSettings
    package var log: LogSettings
    /// Of messages to people, unless a target has its own.
    package var language: Language
    /// The IANA name of the time zone of times in messages to people, unless a target has its own; nil means UTC.
    package var timeZone: String?
    /// When a run takes too long, for tasks whose cluster says nothing else; those found at an instance among them.
    package var overdue: OverdueSettings
    package var cost: CostSettings
    /// In the order of the file.
    package var summaries: [SummarySettings]
    package var heartbeats: [HeartbeatSettings]
    /// By name.
    package var hooks: [HookSettings]
    /// The status page, `polarai-web`.
    package var web: WebSettings

    package init(
        accounts: [AccountSettings] = [AccountSettings()], clusters: [ClusterSettings] = [],
        instances: [InstanceSettings] = [], schedule: ScheduleSettings = ScheduleSettings(),
        targets: [TargetSettings] = [.systemd], routes: [RouteSettings] = [RouteSettings()],
        delivery: DeliverySettings = DeliverySettings(), firstSeenEvents: Set<EventKind> = [.failed],
        storage: StorageSettings = StorageSettings(), log: LogSettings = LogSettings(), language: Language = .english,
        timeZone: String? = nil, overdue: OverdueSettings = OverdueSettings(), cost: CostSettings = CostSettings(),
        summaries: [SummarySettings] = [], heartbeats: [HeartbeatSettings] = [], hooks: [HookSettings] = [],
        web: WebSettings = WebSettings()
    ) {
        self.accounts = accounts
        self.clusters = clusters
        self.instances = instances
        self.schedule = schedule
        self.targets = targets
        self.routes = routes
        self.delivery = delivery
        self.firstSeenEvents = firstSeenEvents
        self.storage = storage
        self.log = log
        self.language = language
        self.timeZone = timeZone
        self.overdue = overdue
        self.cost = cost
        self.summaries = summaries
        self.heartbeats = heartbeats
        self.hooks = hooks
        self.web = web
    }

    package func account(named name: String) -> AccountSettings? {
        accounts.first { $0.name == name }
    }

    package func target(named name: String) -> TargetSettings? {
        targets.first { $0.name == name }
    }
}

extension TargetSettings {
    /// The target there is where a config has none.
    package static let systemd = TargetSettings(name: "systemd", kind: .systemd)
}
