import Model
import Store

/// `status` as comma-separated values: a line per cluster.
enum StatusCSV {
    private static let columns = [
        "cluster", "name", "account", "region", "status", "since", "last_poll_at", "next_poll_at", "last_error",
        "progress", "instance", "description", "overdue",
    ]

    /// A structure as JSON, nothing if it is not known.
    private static func text(_ value: JSONValue?) -> String {
        guard let value, !value.isNull else { return "" }
        return value.stringValue ?? value.text()
    }

    static func text(_ report: StatusReport) -> String {
        var bytes = Array(columns.joined(separator: ",").utf8) + CSVBytes.lineEnd
        for row in report.clusters {
            for (index, column) in columns.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                CSVBytes.append(Array(text(row.json[column]).utf8), to: &bytes)
            }
            bytes += CSVBytes.lineEnd
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
