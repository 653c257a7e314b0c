import Model
package import Store

/// What one source gave, and how long that took.
package struct Collected<Value: Sendable>: Sendable {
    /// Nil if it gave nothing.
    package let value: Value?
    package let duration: Duration

    package init(_ value: Value?, in duration: Duration) {
        self.value = value
        self.duration = duration
    }
}

/// All that a scraper gets: what the daemon says, what the database says, and what the collecting program says of itself.
package enum MetricsPage {
    /// Each metric once, in the order of the catalogue; what only a newer daemon knows comes last.
    ///
    /// - Parameters:
    ///   - daemon: its answer on the status socket; without one `polarai_up` is 0 and its series are left out.
    ///   - database: what `HistoryReader.figures` gave.
    ///   - targets: names from the config, for those of which the database knows nothing yet.
    ///   - own: of the collecting program.
    package static func families(
        daemon: Collected<MetricsSnapshot>, database: Collected<DatabaseFigures>, targets: Set<String> = [],
        own: [MetricFamily] = []
    ) -> [MetricFamily] {
        var sources: [(name: String, collected: Bool, duration: Duration)] = []
        sources.append(("daemon", daemon.value != nil, daemon.duration))
        sources.append(("database", database.value != nil, database.duration))
        let ours =
            [
                MetricFamily(.up, daemon.value == nil ? 0 : 1),
                MetricFamily(.collectorSuccess, sources.map { MetricSeries([$0.name], $0.collected ? 1 : 0) }),
                MetricFamily(.collectorDuration, sources.map { MetricSeries([$0.name], $0.duration.inSeconds) }),
            ] + own + (database.value?.families(knownTargets: targets) ?? [])
        // What this program says itself goes before what the daemon says of the same.
        var names: Set<String> = []
        let all = (ours + (daemon.value?.families ?? [])).filter { names.insert($0.name).inserted }
        let order = Dictionary(uniqueKeysWithValues: Metric.allCases.enumerated().map { ($1.rawValue, $0) })
        return all.enumerated().sorted {
            (order[$0.element.name] ?? .max, $0.offset) < (order[$1.element.name] ?? .max, $1.offset)
        }.map(\.element.withoutRepeats)
    }
}

extension MetricFamily {
    /// Each combination of labels once: a scraper refuses everything else that comes with a repeated one.
    fileprivate var withoutRepeats: MetricFamily {
        var seen: Set<[String?]> = []
        var family = self
        family.series = series.filter { seen.insert($0.labels).inserted }
        return family
    }
}
