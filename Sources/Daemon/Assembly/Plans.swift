import Alerts
import Config
import HTTPTransport
import Model
import Monitor
import Notifying
import PolarDB
import Systemd

/// Makes what the loops work by from a config. The only place that knows both.
///
/// Making it changes nothing; it takes effect with the poll loop's switch to `poll`.
struct Plans: Sendable {
    let settings: Settings
    let poll: PollPlan
    let delivery: DeliveryPlan
    let firing: FiringPlan

    init(settings: Settings, poll: PollPlan, delivery: DeliveryPlan, firing: FiringPlan) {
        self.settings = settings
        self.poll = poll
        self.delivery = delivery
        self.firing = firing
    }

    init(_ settings: Settings, parts: SharedParts) throws {
        self.settings = settings
        let read = SecretReading(environment: parts.environment).reader
        let notifier = Notifier(
            settings.routes, targets: settings.targets.map { RoutedTarget(name: $0.name, kind: $0.kind) },
            firstSeenEvents: settings.firstSeenEvents, summaries: settings.summaries)
        let routing = EventRouting(notifier)
        let clients = try APIClients(
            settings, http: parts.apiHTTP, environment: parts.environment, read: read, clock: parts.clock,
            shared: parts.apiShared)
        let announcer = parts.announcer
        let journalTargets = Set(settings.targets.filter { $0.kind == .systemd }.map(\.name))
        let minimum = JournalPriority(settings.log.level)
        let monitorSettings = MonitorSettings(settings)
        let (scopes, names) = (Set(monitorSettings.quotas.keys), Set(settings.targets.map(\.name)))
        poll = PollPlan(
            settings: monitorSettings, poller: CountingPoller(poller: clients, figures: announcer.figures),
            routes: routing,
            takeEffect: {
                clients.takeEffect()
                announcer.figures.use(scopes: scopes, targets: names) { clients.credentialsExpiry }
                announcer.useJournalTargets(journalTargets)
                announcer.useMinimum(minimum)
            })
        let sender = Sender(
            client: parts.alertHTTP, read: read,
            journal: { announcer.report($0) }, sign: clients.signer,
            now: { [clock = parts.clock] in clock.now().wall },
            knownOffset: { [shared = parts.apiShared] in shared.clockOffset.current },
            clocks: parts.receiverClocks)
        let targets = Dictionary(settings.targets.map { ($0.name, $0) }) { first, _ in first }
        delivery = DeliveryPlan(
            targets: settings.targets.map { TargetRegistry.builtIn.plan(for: $0, read: read) }, routes: routing
        ) { start in
            guard let target = targets[start.target] else { return nil }
            return await sender.attempt(start, to: target)
        }
        firing = FiringPlan(
            holds: targets.filter { $0.value.kind == .alertmanager }.mapValues(\.options.hold)
        ) { held, name in
            guard let target = targets[name] else { return nil }
            return await sender.remind(held, to: target)
        }
    }
}

/// What outlives a reload.
struct SharedParts: Sendable {
    let environment: HostEnvironment
    let clock: SystemClock
    let apiShared: APIShared
    let announcer: Announcer
    /// The API's own transfers: a webhook that hangs takes none of their connections.
    let apiHTTP: CurlClient
    let alertHTTP: any HTTPClient
    var receiverClocks = ReceiverClocks()
}

extension MonitorSettings {
    init(_ settings: Settings) {
        var quotas: [AccountRegion: QuotaSettings] = [:]
        for scope in Set(settings.clusters.map(\.accountRegion) + settings.instances.map(\.accountRegion)) {
            guard let account = settings.account(named: scope.account) else { continue }
            quotas[scope] = QuotaSettings(
                callsPerSecond: account.callsPerSecond, burst: account.burst,
                timeout: account.connection.timeout)
        }
        self.init(
            clusters: settings.clusters.map { cluster in
                WatchedCluster(
                    id: cluster.id, name: cluster.name, scope: cluster.accountRegion, poll: cluster.poll,
                    labels: cluster.labels)
            },
            instances: settings.instances.map { instance in
                WatchedInstance(
                    key: InstanceKey(id: instance.id, scope: instance.accountRegion), labels: instance.labels)
            },
            quotas: quotas,
            schedule: settings.schedule)
        overdue = OverdueRules(settings)
        prices = Prices(settings)
    }
}

extension OverdueRules {
    fileprivate init(_ settings: Settings) {
        let own = settings.clusters.filter { $0.overdue != settings.overdue }.map { ($0.id, $0.overdue) }
        self.init(general: settings.overdue, ofClusters: Dictionary(own) { first, _ in first })
    }
}

extension Prices {
    fileprivate init(_ settings: Settings) {
        let clusters = settings.clusters.compactMap { cluster in cluster.costPerHour.map { (cluster.id, $0) } }
        let instances = settings.instances.compactMap { instance in
            instance.costPerHour.map { (InstanceKey(id: instance.id, scope: instance.accountRegion), $0) }
        }
        self.init(
            currency: settings.cost.currency, general: settings.cost.perHour,
            ofClusters: Dictionary(clusters) { first, _ in first },
            ofInstances: Dictionary(instances) { first, _ in first })
    }
}

extension JournalPriority {
    /// The config's names are those of swift-log, which has one more than syslog at the lower end.
    init(_ level: LogLevel) {
        switch level {
        case .trace, .debug: self = .debug
        case .info: self = .info
        case .notice: self = .notice
        case .warning: self = .warning
        case .error: self = .error
        case .critical: self = .critical
        }
    }
}
