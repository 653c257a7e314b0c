import Alerts
import Daemon
import Model
import Monitor
import Notifying

/// The config of a run: three targets, and routes that tell them apart.
struct Setup {
    let monitorSettings: MonitorSettings
    let targets: [String: TargetSettings]
    let plans: [TargetPlan]
    let notifier: Notifier
    let routing: EventRouting
    /// How many alerts one message to a target can name.
    let capacities: [String: Int]

    /// - `steady` hears the default events of all, `flaky` every event of the clusters `pm-a*`, `journal` (of the type
    ///   `systemd`) the ends of trainings.
    init(_ scenario: Scenario) throws {
        var monitorSettings = MonitorSettings(
            clusters: scenario.tasks.map(\.cluster), instances: scenario.lists.map { WatchedInstance(key: $0.key) },
            quotas: scenario.quotas, schedule: scenario.schedule)
        monitorSettings.readsProgress = scenario.swarm.readsProgress
        monitorSettings.overdue = OverdueRules(
            ofClusters: scenario.longestRuns.mapValues { OverdueSettings(maxRuntime: $0) })
        monitorSettings.prices = Prices(general: 12)
        self.monitorSettings = monitorSettings
        let secret = Secret(.literal("whsec_c2ltdWxhdGlvbi1zZWNyZXQtb2YtMzItYnl0ZXMhIQ=="))
        let settings = [
            TargetSettings(
                name: "steady", kind: .webhook, urls: [Secret(.literal("https://receiver.invalid/steady"))],
                options: TargetOptions(secrets: [secret])),
            TargetSettings(
                name: "flaky", kind: .webhook, urls: [Secret(.literal("https://receiver.invalid/flaky"))],
                delivery: DeliverySettings(giveUpAfter: scenario.giveUpAfter)),
            TargetSettings(name: "journal", kind: .systemd),
        ]
        targets = Dictionary(uniqueKeysWithValues: settings.map { ($0.name, $0) })
        plans = settings.map { TargetRegistry.builtIn.plan(for: $0, read: Self.read) }
        notifier = Notifier(
            [
                RouteSettings(targets: ["steady"], hours: try scenario.hours?.settings()),
                RouteSettings(
                    events: Set(EventKind.allCases), clusters: ["pm-a*"], targets: ["flaky"],
                    hours: try scenario.flakyHours?.settings(), remind: scenario.remind,
                    escalate: EscalationSettings(after: scenario.escalateAfter, targets: ["steady"])),
                RouteSettings(events: [.completed, .failed], targets: ["journal"]),
            ], targets: settings.map { RoutedTarget(name: $0.name, kind: $0.kind) }, firstSeenEvents: [.failed],
            summaries: [SummarySettings(at: try scenario.summaryTime.settings(), targets: ["steady"])])
        routing = EventRouting(notifier)
        capacities = Dictionary(
            plans.compactMap { plan in plan.groupCapacity.map { (plan.name, $0) } }
        ) { first, _ in first }
    }

    @Sendable static func read(_ secret: Secret) -> String {
        if case .literal(let text) = secret.source { text } else { "" }
    }
}
