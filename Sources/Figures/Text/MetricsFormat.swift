import Model

/// The two text formats that scrapers ask for.
package enum MetricsFormat: Hashable, Sendable {
    /// Prometheus' text format, version 0.0.4.
    case prometheus
    /// OpenMetrics 1.0.
    case openMetrics

    package var contentType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// What a request's `Accept` prefers (RFC 9110, 12.5.1).
    ///
    /// - Parameter accept: nil or unreadable: Prometheus' own format.
    package init(accept: String?) {
        var open = 0.0
        var plain = 0.0
        for range in (accept ?? "").prefix(4096).split(separator: ",").prefix(64) {
            let parts = range.split(separator: ";").map { $0.trimmed.lowercased() }
            guard let type = parts.first else { continue }
            var quality = 1.0
            var version: String?
            for part in parts.dropFirst() {
                let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmed }
                guard pair.count == 2 else { continue }
                if pair[0] == "q" { quality = Numbers.double(pair[1]) ?? 0 }
                if pair[0] == "version" { version = String(pair[1].filter { $0 != "\"" }) }
            }
            switch type {
            case "application/openmetrics-text" where version == nil || version == "1.0.0":
                open = max(open, quality)
            case "text/plain" where version == nil || version == "0.0.4": plain = max(plain, quality)
            case "text/*", "*/*": plain = max(plain, quality)
            default: break
            }
        }
        self = open > 0 && open >= plain ? .openMetrics : .prometheus
    }
}
