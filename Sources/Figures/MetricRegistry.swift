/// The figures of one process: a value with one owner, who counts where things happen.
///
/// The number of series is bounded: beyond `mostSeries` of one metric, new ones are not counted.
package struct MetricRegistry: Sendable {
    private struct Key: Hashable {
        let metric: Metric
        let labels: [String]
    }

    private var numbers: [Key: Double] = [:]
    private var histograms: [Key: HistogramValue] = [:]
    private var exemplars: [Key: MetricExemplar] = [:]
    private var sizes: [Metric: Int] = [:]

    /// Of one metric.
    package static let mostSeries = 5_000

    package init() {}

    /// Counts `amount` more, or begins the series at 0 if that is 0.
    package mutating func count(
        _ metric: Metric, _ labels: [String] = [], by amount: Double = 1, exemplar: MetricExemplar? = nil
    ) {
        let key = Key(metric: metric, labels: labels)
        guard numbers[key] != nil || makeRoom(for: metric) else { return }
        numbers[key, default: 0] += amount
        if let exemplar { exemplars[key] = exemplar }
    }

    /// Gives a series this value, whatever it had.
    package mutating func set(_ metric: Metric, _ labels: [String] = [], to value: Double) {
        let key = Key(metric: metric, labels: labels)
        guard numbers[key] != nil || makeRoom(for: metric) else { return }
        numbers[key] = value
    }

    /// - Parameter value: in the metric's unit; nil begins the series without an observation.
    package mutating func observe(_ metric: Metric, _ labels: [String] = [], _ value: Double?) {
        let key = Key(metric: metric, labels: labels)
        if histograms[key] == nil {
            guard makeRoom(for: metric) else { return }
            histograms[key] = HistogramValue(bounds: metric.definition.bounds)
        }
        if let value { histograms[key]?.observe(value) }
    }

    /// Forgets the series of a metric whose labels do not fit any more: those of a target that was removed, for example.
    package mutating func keep(_ metrics: [Metric], where isKept: ([String]) -> Bool) {
        let metrics = Set(metrics)
        let gone = (Array(numbers.keys) + Array(histograms.keys)).filter {
            metrics.contains($0.metric) && !isKept($0.labels)
        }
        for key in gone {
            numbers[key] = nil
            histograms[key] = nil
            exemplars[key] = nil
            sizes[key.metric, default: 1] -= 1
        }
    }

    /// Everything that was counted, in the order of the catalogue, the series of a metric by their labels.
    package var families: [MetricFamily] {
        var series: [Metric: [MetricSeries]] = [:]
        for (key, value) in numbers {
            series[key.metric, default: []].append(
                MetricSeries(key.labels, .number(value), exemplar: exemplars[key]))
        }
        for (key, value) in histograms {
            series[key.metric, default: []].append(MetricSeries(key.labels, .histogram(value)))
        }
        return Metric.allCases.compactMap { metric in
            series[metric].map { MetricFamily(metric, $0.sorted(by: MetricSeries.isInOrder)) }
        }
    }

    private mutating func makeRoom(for metric: Metric) -> Bool {
        guard sizes[metric, default: 0] < Self.mostSeries else { return false }
        sizes[metric, default: 0] += 1
        return true
    }
}

extension MetricSeries {
    /// Whether one series stands before another: by their labels, from the first on.
    package static func isInOrder(_ left: MetricSeries, _ right: MetricSeries) -> Bool {
        for (one, other) in zip(left.labels, right.labels) where one != other { return (one ?? "") < (other ?? "") }
        return false
    }
}
