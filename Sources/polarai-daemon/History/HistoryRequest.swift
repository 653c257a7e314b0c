import Glibc
import Model
import Store

/// What `history` is asked for.
struct HistoryRequest: Equatable {
    var filter = HistoryFilter()
    /// Nil is all.
    var limit: Int? = 50
    var follow = false
    var utc = false
    var format = OutputFormat.table
    var database = DatabasePlace()

    /// Microseconds between two looks for something new.
    private static let followInterval: UInt32 = 200_000

    func run() throws {
        let reader = try HistoryReader(path: database.path())
        var printer = HistoryPrinter(format: format, installation: reader.installation, style: TimeStyle(isUTC: utc))
        // Before anything is read, so that nothing falls between.
        var version = follow ? try reader.dataVersion() : 0
        var newest = try reader.history(
            filter, limit: limit, between: { try printer.flush() }, { try printer.print($0) })
        if !follow { printer.end() }
        try printer.flush()
        if printer.count == 0 { try noteUnknownClusters(reader) }
        while follow {
            usleep(Self.followInterval)
            let now = try reader.dataVersion()
            guard now != version else { continue }
            version = now
            newest = try reader.events(
                after: newest, filter, between: { try printer.flush() }, { try printer.print($0) })
            try printer.flush()
        }
    }

    private func noteUnknownClusters(_ reader: HistoryReader) throws {
        for pattern in filter.clusters where try reader.clusters(matching: pattern).isEmpty {
            StandardError.write("No cluster with the id or the name \(pattern) was ever watched.")
        }
    }
}
