import GRDB
import GRDBSQLite
import Glibc
package import Migrations
package import Model
import Synchronization

/// The database as the daemon has it: the only writer, one connection held open from start to stop.
///
/// Every call is synchronous and whole: it is on the disk when it returns, or nothing of it is. All calls throw
/// `StoreError`; the store stays usable after one, so that a full disk is waited out.
/// Calls from several threads run one after the other.
package final class EventStore: Sendable {
    /// Without symbolic links.
    package let path: String
    /// Which code the id of an event begins with.
    package let numbering: EventNumbering
    /// Set if the database comes from a copy and got a new code now: to be logged.
    package let newInstallation: NewInstallation?
    let queue: DatabaseQueue
    /// After the queue, so that its connection is closed before the file is let go.
    private let lock: DatabaseLock
    private let lastNumber: LastNumber
    private let log: FileNumber?
    private let counts: Mutex<AlertCounts>
    /// Measures every commit.
    package let commitTimer = CommitTimer()

    /// Eight characters: the first part of the id of every event to come.
    package var installation: String { numbering.current }

    /// Opens the database at `path`, or makes it, with its folder, and takes the sole right to write it.
    ///
    /// - Parameters:
    ///   - now: when a new database says that it was made.
    ///   - newInstallation: the code to give to a new database, or to one that comes from a copy, in place of a random
    ///     one: for runs that must repeat.
    ///   - progress: called before each step that may take long.
    /// - Throws: `StoreError.held`, `.newerSchema`, `.corrupt`, `.permission`, `.readOnly` or `.io`.
    package init(
        path: String, at now: Timestamp, durability: Durability = .full, newInstallation: String? = nil,
        migrations: [Migration] = Migration.all, progress: (OpeningStep) -> Void = { _ in }
    ) throws {
        try SystemCall.makeFolder(SystemCall.folder(of: path))
        let path = RealPath.resolve(path)
        let opened = try OpenedDatabase(
            path: path, at: now, migrator: Migrator(migrations), durability: durability,
            newInstallation: newInstallation, progress: progress)
        self.path = path
        queue = opened.queue
        lock = opened.lock
        numbering = opened.numbering
        self.newInstallation = opened.newInstallation
        lastNumber = opened.lastNumber
        log = opened.log
        counts = Mutex(opened.counts)
        try noteNewest()
    }

    /// Opens a database for one short change by a command, while no daemon works on it. A daemon that starts meanwhile
    /// waits until this is closed. Creates and migrates nothing.
    ///
    /// - Throws: `StoreError.held` if a daemon works on it, `.missing`, `.olderSchema`, `.newerSchema`, `.corrupt`,
    ///   `.permission` or `.io`.
    package init(forCommandAt path: String) throws {
        let path = RealPath.resolve(path)
        let opened = try OpenedDatabase(forCommandAt: path)
        self.path = path
        queue = opened.queue
        lock = opened.lock
        numbering = opened.numbering
        newInstallation = nil
        lastNumber = opened.lastNumber
        log = opened.log
        counts = Mutex(opened.counts)
    }

    /// Copies the log back as far as nobody reads it, so that the one file is all there is, closes, and gives the lock
    /// back. Waits for nobody: what is committed is on the disk, and the next start copies the rest back.
    package func close() throws {
        defer { lock.release() }
        do {
            try queue.writeWithoutTransaction { database in
                sqlite3_busy_timeout(database.sqliteConnection, 0)
                _ = try database.checkpoint(.truncate)
            }
        } catch {
            // A reader holds the log.
        }
        do {
            try queue.close()
        } catch {
            throw StoreError.translating(error, path: path)
        }
    }

    /// A consistent copy of the database in one new file, marked as one.
    ///
    /// - Throws: `StoreError.io` also if `target` exists.
    package func backup(to target: String) throws {
        try queue.writeWithoutTransaction { try DatabaseCopy.make(of: $0, at: target, replacing: false) }
    }

    /// Forgets pages and prepared statements; they are read and made again when they are needed.
    package func releaseMemory() {
        queue.releaseMemory()
    }

    /// Whether the open file and its log still have their names; two calls of the system, so it can be asked at any time.
    ///
    /// - Throws: `StoreError.replaced`.
    package func checkFile() throws {
        guard let found = FileNumber(path: path) else {
            throw StoreError.replaced(path: path, detail: "moved or removed")
        }
        guard found == lock.file.number else {
            throw StoreError.replaced(path: path, detail: "replaced by another file")
        }
        if let log, FileNumber(path: path + "-wal") != log {
            throw StoreError.replaced(path: path, detail: "left without its log (\(path)-wal was moved or removed)")
        }
    }

    /// How many alerts wait and how many are dead: counted once at the start, and kept by what each commit changes.
    package func alertCounts() throws -> AlertCounts { counts.withLock { $0 } }

    /// Makes one transaction of several calls: all of them are on the disk when it returns, or none of them.
    ///
    /// Calls of other threads wait until it is over. Not for calls that make or move alerts: those are counted when they
    /// return, whatever becomes of the rest.
    package func transaction<Value>(_ body: (EventStore) throws -> Value) throws -> Value {
        try write { _ in try body(self) }
    }

    /// Runs `body` in one transaction, or within the one that is open.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try checkFile()
        do {
            return try queue.unsafeReentrantWrite { database in
                if database.isInsideTransaction { return try body(database) }
                var result: Value?
                try commitTimer.measure {
                    try database.inTransaction {
                        result = try body(database)
                        return .commit
                    }
                }
                guard let result else { throw DatabaseError(resultCode: .SQLITE_INTERNAL) }
                return result
            }
        } catch {
            throw StoreError.translating(error, path: path)
        }
    }

    /// Runs `body` in one transaction, and keeps count of the alerts that it made or moved.
    func write<Value>(counting body: (Database, inout AlertTally) throws -> Value) throws -> Value {
        var tally = AlertTally()
        let value = try write { try body($0, &tally) }
        counts.withLock { $0 = $0.changed(by: tally) }
        if let newest = tally.newestEvent { lastNumber.write(numbering.id(newest)) }
        return value
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        // What a file that lost its name says must not be acted on either: nothing of it could be stored.
        try checkFile()
        do {
            // Nobody else writes while this one holds the database, and the queue lets one in at a time: the isolation of
            // `read` would cost several statements each time and win nothing.
            return try queue.unsafeReentrantRead(body)
        } catch {
            throw StoreError.translating(error, path: path)
        }
    }

    private func noteNewest() throws {
        lastNumber.write(numbering.id(try read { try Lineage.newest(in: $0) }))
    }
}

/// What one transaction changes in the number of alerts, and its newest event.
struct AlertTally {
    private(set) var pending = 0
    private(set) var dead = 0
    private(set) var held = 0
    var newestEvent: Int64?

    mutating func add(_ state: AlertState, _ count: Int = 1) {
        switch state {
        case .pending: pending += count
        case .dead: dead += count
        case .held: held += count
        case .delivered, .accepted, .suppressed, .digested: break
        }
    }

    mutating func move(_ count: Int = 1, from old: AlertState, to new: AlertState) {
        add(old, -count)
        add(new, count)
    }
}

/// How many alerts are not where they should be.
package struct AlertCounts: Hashable, Sendable {
    package let pending: Int
    package let dead: Int
    /// By a silence, or by the hours of a route.
    package let held: Int

    package init(pending: Int, dead: Int, held: Int = 0) {
        self.pending = pending
        self.dead = dead
        self.held = held
    }

    func changed(by tally: AlertTally) -> AlertCounts {
        AlertCounts(
            pending: max(0, pending + tally.pending), dead: max(0, dead + tally.dead), held: max(0, held + tally.held))
    }
}

extension EventStore {
    static func countAlerts(in database: Database) throws -> AlertCounts {
        guard let row = try Row.fetchOne(database, sql: AlertQuery.counts) else {
            return AlertCounts(pending: 0, dead: 0)
        }
        return AlertCounts(pending: row[0], dead: row[1], held: row[2])
    }
}
