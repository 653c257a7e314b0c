package import Model

/// The daemon's figures at one time: what `GET /v1/metrics` on the status socket answers.
///
/// This is the format between the daemon and the programs that collect (`polarai-web`, `polarai-daemon metrics`), which
/// may be of another version: it names and describes its metrics itself.
/// ```json
/// {"version": 1, "pid": 4711, "metrics": [
///   {"name": "polarai_polls_total", "type": "counter", "help": "…", "labels": ["account", "api_region", "call", "outcome"],
///    "series": [{"labels": ["default", "cn-beijing", "task", "success"], "value": 12}]},
///   {"name": "polarai_poll_duration_seconds", "type": "histogram", "help": "…", "labels": ["call"],
///    "series": [{"labels": ["task"], "bounds": [0.1, 1], "counts": [3, 1, 0], "sum": 0.9}]},
///   {"name": "polarai_events_total", "type": "counter", "help": "…", "labels": ["event"],
///    "series": [{"labels": ["failed"], "value": 2, "exemplar": {"seq": 42, "at": "2026-11-24T08:00:00.123Z"}}]}]}
/// ```
/// `counts` are not cumulative, and have one more member than `bounds`: what lies beyond the last one. A collector reads
/// it with `MetricsSnapshot(json:)`, puts its own and the database's figures beside it (`MetricsPage`) and writes all of
/// it with `MetricsText`.
package struct MetricsSnapshot: Hashable, Sendable {
    /// Of the daemon: shows whether it is the one that works on the database that is read.
    package let pid: Int32
    package let families: [MetricFamily]

    package init(pid: Int32, families: [MetricFamily]) {
        self.pid = pid
        self.families = families
    }

    package static let version: Int64 = 1

    package var json: JSONValue {
        .object([
            "version": .integer(Self.version), "pid": .integer(Int64(pid)), "metrics": .array(families.map(\.json)),
        ])
    }

    /// Reads what a daemon answered. A metric that is not valid, or of a kind that this version does not know, is left
    /// out.
    ///
    /// - Returns: nil if it is not a snapshot, or one of a format that this version does not know.
    package init?(json: JSONValue) {
        guard json["version"] == .integer(Self.version), let pid = json["pid"]?.integerValue,
            let metrics = json["metrics"]?.arrayValue, metrics.count <= Self.mostFamilies
        else { return nil }
        self.init(pid: Int32(clamping: pid), families: metrics.compactMap { MetricFamily(json: $0) })
    }

    private static let mostFamilies = 1_000
}
