import Model
import PolarDB
import Reports
import Sharing
import Store

/// The database as the page reads it: opened when it is there, and opened anew when another file takes its place.
actor Archive {
    private let database: DatabaseAddress
    private var opened: HistoryReader?
    /// When the clock of a database that hosts share was last read: this host's may be wrong, and may be set.
    private var clockReadAt: ContinuousClock.Instant?

    private static let clockLifetime = Duration.seconds(30)

    init(_ database: DatabaseAddress) {
        self.database = database
    }

    /// - Throws: `StoreError`, also what `body` throws.
    func read<Value: Sendable>(_ body: @Sendable (HistoryReader) throws -> Value) throws -> Value {
        let wasOpen = opened != nil
        do {
            return try body(current())
        } catch let error as StoreError {
            // A file that was opened while nobody wrote it must be opened anew once somebody does.
            opened = nil
            guard wasOpen else { throw error }
            return try body(current())
        }
    }

    /// Lets a file go that is not the database any more: a daemon could not start on what took its place.
    func letGoOfReplaced() {
        if let opened, !opened.isCurrent { self.opened = nil }
    }

    /// - Throws: `StoreError` if the database cannot be read now.
    func check() throws {
        _ = try read { try $0.newest() }
    }

    /// What a daemon's answer says of trouble with this database, for example that another file has taken its place; nil if
    /// there is none, or the daemon works on another one.
    nonisolated func trouble(in answer: JSONValue?) -> StorageTroubleReport? {
        StorageTroubleReport(answer: answer, about: database.description)
    }

    /// The daemons that share the database; nil for a file, and for a database that does not answer.
    func hosts() -> HostsListing? { HostsListing(of: database) }

    private func current() throws -> HistoryReader {
        let reader = try reader()
        let now = ContinuousClock.now
        guard clockReadAt.map({ now - $0 >= Self.clockLifetime }) ?? true else { return reader }
        if let time = try reader.databaseTime() { ClockInUse.follow(time) }
        clockReadAt = now
        return reader
    }

    private func reader() throws -> HistoryReader {
        if let opened, opened.isCurrent { return opened }
        opened = nil
        let reader = try HistoryReader(at: database)
        opened = reader
        return reader
    }
}
