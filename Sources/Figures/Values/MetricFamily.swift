package import Model

/// All series of one metric, ready to be written or sent.
package struct MetricFamily: Hashable, Sendable {
    /// As Prometheus stores it, a counter's with `_total`: `polarai_polls_total`.
    package let name: String
    package let kind: MetricKind
    package let help: String
    /// The names of the labels that a series may have.
    package let labels: [String]
    package var series: [MetricSeries]
}

extension MetricFamily {
    package init(_ metric: Metric, _ series: [MetricSeries]) {
        let definition = metric.definition
        self.init(
            name: metric.rawValue, kind: definition.kind, help: definition.help, labels: definition.labels,
            series: series)
    }

    /// A metric without labels.
    package init(_ metric: Metric, _ value: Double) {
        self.init(metric, [MetricSeries([], value)])
    }
}

/// One series: the values of its family's labels, and its own value.
package struct MetricSeries: Hashable, Sendable {
    /// In the order of the family's labels; nil: the series does not have that label.
    package let labels: [String?]
    package let value: MetricValue
    /// Of a counter: the last thing that was counted.
    package var exemplar: MetricExemplar?

    package init(_ labels: [String?], _ value: MetricValue, exemplar: MetricExemplar? = nil) {
        self.labels = labels
        self.value = value
        self.exemplar = exemplar
    }

    package init(_ labels: [String?], _ value: Double) {
        self.init(labels, .number(value))
    }
}

/// The value of a series.
package enum MetricValue: Hashable, Sendable {
    case number(Double)
    case histogram(HistogramValue)
}

/// What stands behind the last increase of a counter: the number of an event, and when it was counted.
package struct MetricExemplar: Hashable, Sendable {
    package let seq: Int64
    package let at: Timestamp

    package init(seq: Int64, at: Timestamp) {
        self.seq = seq
        self.at = at
    }
}

extension Timestamp {
    /// Seconds since 1970, as Prometheus wants times.
    package var metricSeconds: Double { Double(milliseconds) / 1000 }
}
