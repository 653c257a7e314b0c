package import Model
package import Monitor
package import Store

/// What the process before left, as the cores are built from it. How one host takes tasks over from another: `Sharing`.
package struct StoredState: Sendable {
    package let watch: StoredWatch
    package let targets: [TargetRecord]
    package let alerts: AlertCounts
    /// When an earlier process was last at work, and how the clock went on for it.
    package let lastSeen: Timestamp?
    package let clockSteps: [ClockStep]
    /// The last change of a status; nil if there is none among the newest events.
    package let lastChange: StoredEvent?
}

/// What is known of all that is watched.
package struct StoredWatch: Sendable {
    /// Those that the config names, and those that came through its instances.
    package let clusters: [ClusterID: ClusterRecord]
    package let progress: [ClusterID: ProgressRecord]
    package let failingScopes: [ScopeRecord]
    package let instances: [InstanceRecord]
}

extension EventStore {
    /// Takes the database over for this process: notes who has it, what is watched now, and buries what waits for
    /// targets that are no longer configured.
    package func takeOver(
        _ settings: MonitorSettings, targets: Set<String>, pid: Int32, startedAt: Timestamp, at now: Timestamp
    ) throws -> StoredState {
        try noteStart(pid: pid, startedAt: startedAt, configLoadedAt: now)
        let watch = try takeOver(settings, at: now)
        let seen = try lastSeen()
        _ = try buryAlerts(ofTargetsNotIn: targets, at: now)
        return StoredState(
            watch: watch, targets: try loadTargets(), alerts: try alertCounts(), lastSeen: seen,
            clockSteps: try clockSteps(), lastChange: try lastChange())
    }

    /// Joins those that work on the database: reads what is known, and takes nothing yet.
    package func join() throws -> StoredState {
        let watch = StoredWatch(clusters: [:], progress: [:], failingScopes: [], instances: [])
        return StoredState(
            watch: watch, targets: [], alerts: try alertCounts(), lastSeen: nil, clockSteps: try clockSteps(),
            lastChange: try lastChange())
    }

    /// Marks what the config names, and what came through its instances, as watched, and reads what is known of it.
    ///
    /// - Parameter scopes: what this host holds of a database that several hosts share; nil: it has it alone.
    func takeOver(
        _ settings: MonitorSettings, within scopes: Set<AccountRegion>? = nil, at now: Timestamp
    ) throws -> StoredWatch {
        var entries = settings.clusters.map {
            ClusterEntry(id: $0.id, name: $0.name, scope: $0.scope, instance: $0.instance)
        }
        var named = Set(entries.map(\.id))
        let goneAfter = now.advanced(by: .zero - TaskMonitor.goneKept)
        var found = 0
        for instance in settings.instances {
            for record in try loadDiscovered(through: instance.key, goneAfter: goneAfter)
            where found < settings.mostDiscovered && named.insert(record.id).inserted {
                found += 1
                entries.append(ClusterEntry(id: record.id, scope: record.scope, instance: record.instance))
            }
        }
        try watch(entries, within: scopes, at: now)
        let watched = try loadWatched().filter { scopes?.contains($0.scope) ?? true }
        let prices = watched.lazy.filter(\.isRunning).compactMap { record in
            settings.prices.price(of: record).map { (record.id, $0) }
        }
        try setPrices(Dictionary(prices) { first, _ in first }, within: scopes)
        return StoredWatch(
            clusters: Dictionary(watched.map { ($0.id, $0) }) { first, _ in first },
            progress: Dictionary(try loadWatchedProgress().map { ($0.cluster, $0) }) { first, _ in first },
            failingScopes: try failingScopes(), instances: try loadInstances())
    }
}
