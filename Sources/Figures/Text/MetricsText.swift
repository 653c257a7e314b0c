import Model

/// Writes metrics as text: the one place that knows the formats.
package enum MetricsText {
    /// - Parameter families: each name once, each series once.
    package static func bytes(_ families: [MetricFamily], _ format: MetricsFormat) -> [UInt8] {
        var writer = Writer(format: format)
        for family in families where !family.series.isEmpty { writer.write(family) }
        if format == .openMetrics { writer.text("# EOF\n") }
        return writer.bytes
    }

    /// As both formats want it: `1.0` for a bound, so that it names the same series in either.
    static func bound(_ value: Double) -> String { "\(value)" }

    /// Whole numbers without a point.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map { abs(value) < 9e15 ? String($0) : "\(value)" } ?? "\(value)"
    }
}

private struct Writer {
    let format: MetricsFormat
    var bytes: [UInt8] = []

    mutating func text(_ text: String) { bytes += text.utf8 }

    mutating func write(_ family: MetricFamily) {
        let name = title(of: family)
        text("# HELP \(name) ")
        escape(family.help, quotes: format == .openMetrics)
        text("\n# TYPE \(name) \(type(of: family.kind))\n")
        for series in family.series {
            let labels = prepared(series.labels, of: family)
            switch series.value {
            case .number(let number):
                text(family.name)
                write(labels: labels)
                text(" \(MetricsText.number(number))")
                if format == .openMetrics, family.kind == .counter, let exemplar = series.exemplar {
                    text(" # {seq=\"\(exemplar.seq)\"} 1 \(MetricsText.number(exemplar.at.metricSeconds))")
                }
                text("\n")
            case .histogram(let histogram): write(histogram, family.name, labels)
            }
        }
    }

    private mutating func write(_ histogram: HistogramValue, _ name: String, _ labels: [UInt8]) {
        var count: UInt64 = 0
        for (place, part) in histogram.counts.enumerated() {
            count &+= part
            let bound = place < histogram.bounds.count ? MetricsText.bound(histogram.bounds[place]) : "+Inf"
            text("\(name)_bucket")
            write(labels: labels, and: "le=\"\(bound)\"")
            text(" \(count)\n")
        }
        text("\(name)_sum")
        write(labels: labels)
        text(" \(MetricsText.number(histogram.sum))\n\(name)_count")
        write(labels: labels)
        text(" \(count)\n")
    }

    /// The name in TYPE and HELP: OpenMetrics leaves the suffix of the samples out.
    private func title(of family: MetricFamily) -> String {
        guard format == .openMetrics else { return family.name }
        let suffix =
            switch family.kind {
            case .counter: "_total"
            case .info: "_info"
            case .gauge, .histogram: ""
            }
        return suffix.isEmpty || !family.name.hasSuffix(suffix)
            ? family.name : String(family.name.dropLast(suffix.count))
    }

    private func type(of kind: MetricKind) -> String {
        kind == .info && format == .prometheus ? MetricKind.gauge.rawValue : kind.rawValue
    }

    /// `a="b",c="d"`.
    private func prepared(_ values: [String?], of family: MetricFamily) -> [UInt8] {
        var part = Writer(format: format)
        for (name, value) in zip(family.labels, values) {
            guard let value else { continue }
            if !part.bytes.isEmpty { part.text(",") }
            part.text("\(name)=\"")
            part.escape(value, quotes: true)
            part.text("\"")
        }
        return part.bytes
    }

    private mutating func write(labels: [UInt8], and last: String = "") {
        guard !labels.isEmpty || !last.isEmpty else { return }
        bytes.append(UInt8(ascii: "{"))
        bytes += labels
        if !labels.isEmpty, !last.isEmpty { bytes.append(UInt8(ascii: ",")) }
        bytes += last.utf8
        bytes.append(UInt8(ascii: "}"))
    }

    /// Texts from outside stay word for word, but for U+0000, which ends the text for Prometheus.
    private mutating func escape(_ text: String, quotes: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes += [byte, byte]
            case UInt8(ascii: "\n"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case UInt8(ascii: "\"") where quotes: bytes += [UInt8(ascii: "\\"), byte]
            case 0: bytes += "\u{FFFD}".utf8
            default: bytes.append(byte)
            }
        }
    }
}
