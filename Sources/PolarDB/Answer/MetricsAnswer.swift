import Model

/// An answer of DescribeAIDBClusterTaskMetrics. An item without a time is passed over; everything else of it may be
/// missing.
struct MetricsAnswer {
    /// `DBClusterId`, if the answer says whose metrics these are.
    let id: ClusterID?
    var reading: ProgressReading

    /// The largest page that the action takes.
    static let pageSize = 100
    /// What the map of one item may hold at most: it is free-form, and kept.
    private static let mostMetrics = 32
    private static let longestText = 200

    /// - Returns: nil if there are no `Items` and nothing that says that there are none.
    init?(_ members: [String: JSONValue]) {
        let fields = JSONFields(members)
        let items = members["Items"]?.objectValue.map { JSONFields($0) }
        guard items != nil || fields.integer("PageRecordCount") == 0 || members["Items"]?.arrayValue?.isEmpty == true
        else { return nil }
        let objects = items?.objects("SlsMetricsItems") ?? []
        var seen: Set<ProgressPoint> = []
        let points = objects.compactMap(Self.point).filter { seen.insert($0).inserted }
            .enumerated().sorted {
                ($0.element.at, $0.element.step ?? 0, $0.offset) < ($1.element.at, $1.element.step ?? 0, $1.offset)
            }
            .map(\.element)
        id = members["DBClusterId"]?.stringValue.flatMap(\.trimmed.nonEmpty).map { ClusterID($0) }
        reading = ProgressReading(
            points: points, isFull: objects.count >= Self.pageSize, requestID: fields.code("RequestId"))
    }

    private static func point(_ fields: JSONFields) -> ProgressPoint? {
        guard let at = fields.time("LogTime") ?? fields.time("Timestamp") else { return nil }
        return ProgressPoint(
            at: at, step: fields.count("CurrentStep", upTo: ProgressPoint.mostSteps),
            totalSteps: fields.count("GlobalStep", upTo: ProgressPoint.mostSteps),
            epoch: fields.number("Epoch").flatMap { abs($0) <= 1e9 ? $0 : nil },
            isEvaluation: fields.text("MetricType", longest: 32)?.lowercased() == "eval",
            metrics: metrics(fields.members["Metric"]))
    }

    /// Numbers and words of the map, or of the JSON text that holds one.
    private static func metrics(_ value: JSONValue?) -> [String: JSONValue] {
        let map = value?.objectValue ?? value?.stringValue.flatMap { EmbeddedJSON.parse($0)?.objectValue } ?? [:]
        let kept = map.sorted { $0.key < $1.key }.filter { key, value in
            guard key.utf8.count <= longestText else { return false }
            switch value {
            case .integer, .bool: return true
            case .number(let number): return abs(number) <= ProgressPoint.largestMetric
            case .string(let text): return text.utf8.count <= longestText
            case .null, .array, .object: return false
            }
        }
        // The loss first: it must not fall to the bound.
        let ordered = kept.filter { $0.key == "loss" } + kept.filter { $0.key != "loss" }
        return Dictionary(uniqueKeysWithValues: ordered.prefix(mostMetrics).map { ($0.key, $0.value) })
    }
}
