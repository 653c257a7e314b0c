import Model
import Reports
import Store

/// What `history` is asked for.
struct HistoryRequest: Equatable {
    var filter = HistoryFilter()
    /// By the clock of the database, which is known when it is.
    var since: TimeArgument?
    var until: TimeArgument?
    /// Nil means all.
    var limit: Int? = 50
    var follow = false
    var utc = false
    var format = OutputFormat.table
    var database = DatabasePlace()

    /// Milliseconds between two looks for something new.
    private static let followInterval: Int32 = 200

    /// Between two attempts to reach a server that is away.
    private static let outageInterval: Int32 = 800

    func run() throws {
        var reader = try HistoryReader(at: database.address())
        var request = self
        request.filter.since = since?.time
        request.filter.until = until?.time
        try request.show(&reader)
    }

    private func show(_ reader: inout HistoryReader) throws {
        var printer = ListingPrinter(EventListing(style: TimeStyle(isUTC: utc)), as: format)
        // Before anything is read, so that nothing falls between.
        let version = follow ? try reader.dataVersion() : 0
        let newest = try reader.history(
            filter, limit: limit, between: { try printer.flush() }, { try printer.print($0) })
        if !follow { printer.end() }
        try printer.flush()
        if printer.count == 0 { try reader.noteUnknown(filter.clusters) }
        if follow { try goOn(with: &reader, after: newest, version: version, &printer) }
    }

    /// Prints what comes, also from another file that gets the database's name: a copy that was put back, for example. Nobody
    /// keeps the reader of the file before: it would keep a daemon from starting.
    private func goOn(
        with reader: inout HistoryReader, after seq: Int64, version known: Int64,
        _ printer: inout ListingPrinter<EventListing>
    ) throws -> Never {
        var newest = seq
        var version: Int64? = known
        var isAway = false
        while true {
            try StandardOutput.wait(milliseconds: Self.followInterval)
            var isCurrent = reader.isCurrent
            do {
                let now = try reader.dataVersion()
                if now != version {
                    newest = try reader.events(
                        after: newest, filter, between: { try printer.flush() },
                        {
                            try printer.print($0)
                            newest = $0.seq
                        })
                    version = now
                    try printer.flush()
                }
                isAway = false
            } catch let error as StoreError {
                if case .unavailable = error {
                    if !isAway { StandardError.write("\(error) Waiting until it is back.") }
                    isAway = true
                    try StandardOutput.wait(milliseconds: Self.outageInterval)
                } else {
                    isCurrent = reader.isCurrent
                    guard !isCurrent else { throw error }
                }
            }
            guard !isCurrent else { continue }
            let next = try newFile(insteadOf: reader)
            // What both have in common was printed; the rest of the new file is new.
            newest = min(newest, try next.newest(), reader.numbering.commonEnd(with: next.numbering))
            reader = next
            version = nil
        }
    }

    /// Opens the database anew: another file that has its name, or the same one after a daemon took it over. Waits until
    /// there is one that can be read.
    private func newFile(insteadOf old: HistoryReader) throws -> HistoryReader {
        let isReplaced = old.isReplaced
        if isReplaced { StandardError.write("\(old.path) was moved, removed or replaced.") }
        var said: String?
        while true {
            do {
                let reader = try HistoryReader(path: old.path)
                if isReplaced { StandardError.write("Continuing with the new file at \(old.path).") }
                return reader
            } catch let error as StoreError {
                // It may be in the making.
                if "\(error)" != said { StandardError.write("Waiting: \(error)") }
                said = "\(error)"
                try StandardOutput.wait(milliseconds: Self.followInterval)
            }
        }
    }
}
