import Model

extension MetricFamily {
    var json: JSONValue {
        .object([
            "name": .string(name), "type": .string(kind.rawValue), "help": .string(help),
            "labels": .strings(labels), "series": .array(series.map(\.json)),
        ])
    }

    /// - Returns: nil if it is not valid; series that are not valid are left out.
    init?(json: JSONValue) {
        guard let name = json["name"]?.stringValue, Self.isName(name, allowing: ":"),
            let kind = json["type"]?.stringValue.flatMap(MetricKind.init), Self.fits(name, kind),
            let help = json["help"]?.stringValue, let labels = json["labels"]?.arrayValue?.compactMap(\.stringValue),
            labels.allSatisfy({ Self.isName($0) && !$0.hasPrefix("__") && $0 != "le" }),
            Set(labels).count == labels.count, let series = json["series"]?.arrayValue
        else { return nil }
        let read = series.prefix(Self.mostSeries).compactMap {
            MetricSeries(json: $0, kind: kind, labels: labels.count)
        }
        self.init(name: name, kind: kind, help: help, labels: labels, series: read)
    }

    private static let mostSeries = 100_000

    /// `[a-zA-Z_][a-zA-Z0-9_]*`, for a metric with colons, too.
    private static func isName(_ text: String, allowing other: Character? = nil) -> Bool {
        guard let first = text.utf8.first, !first.isDigit, text.utf8.count <= 200 else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == other) }
    }

    private static func fits(_ name: String, _ kind: MetricKind) -> Bool {
        switch kind {
        case .counter: name.hasSuffix("_total")
        case .info: name.hasSuffix("_info")
        case .gauge, .histogram: !name.hasSuffix("_total")
        }
    }
}

extension MetricSeries {
    var json: JSONValue {
        var members: [String: JSONValue] = ["labels": .array(labels.map { JSONValue($0) })]
        switch value {
        case .number(let number): members["value"] = .number(number)
        case .histogram(let histogram):
            members["bounds"] = .array(histogram.bounds.map { .number($0) })
            members["counts"] = .array(histogram.counts.map { .integer(Int64(clamping: $0)) })
            members["sum"] = .number(histogram.sum)
        }
        if let exemplar {
            members["exemplar"] = .object(["seq": .integer(exemplar.seq), "at": JSONValue(exemplar.at)])
        }
        return .object(members)
    }

    init?(json: JSONValue, kind: MetricKind, labels count: Int) {
        guard let labels = json["labels"]?.arrayValue, labels.count == count,
            labels.allSatisfy({ $0.isNull || $0.stringValue != nil })
        else { return nil }
        let value: MetricValue
        if kind == .histogram {
            guard let bounds = json["bounds"]?.arrayValue?.compactMap(\.numberValue), bounds.count <= 100,
                let counts = json["counts"]?.arrayValue?.compactMap(\.integerValue), counts.allSatisfy({ $0 >= 0 }),
                let sum = json["sum"]?.numberValue,
                let histogram = HistogramValue(bounds: bounds, counts: counts.map { UInt64($0) }, sum: sum)
            else { return nil }
            value = .histogram(histogram)
        } else {
            guard let number = json["value"]?.numberValue, kind != .counter || number >= 0 else { return nil }
            value = .number(number)
        }
        var exemplar: MetricExemplar?
        if kind == .counter, let seq = json["exemplar"]?["seq"]?.integerValue,
            let at = json["exemplar"]?.time("at")
        {
            exemplar = MetricExemplar(seq: Int64(seq), at: at)
        }
        self.init(labels.map(\.stringValue), value, exemplar: exemplar)
    }
}
