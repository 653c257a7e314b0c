/// What a metric is called and what it means.
package struct MetricDefinition: Hashable, Sendable {
    package let kind: MetricKind
    /// One sentence for whoever reads the output.
    package let help: String
    /// In the order in which they are written.
    package let labels: [String]
    /// Of a histogram: the upper bounds, ascending, without +Inf.
    package let bounds: [Double]

    init(_ kind: MetricKind, _ help: String, _ labels: [String] = [], bounds: [Double] = []) {
        self.kind = kind
        self.help = help
        self.labels = labels
        self.bounds = bounds
    }
}
