package import Migrations
package import Model
import Synchronization

/// The database as the daemon has it: the only writer, one connection held open from start to stop.
///
/// Every call is synchronous and whole: it is on the disk when it returns, or nothing of it is. All calls throw
/// `StoreError`; the store stays usable after one, so that a full disk is waited out.
/// Calls from several threads run one after the other.
package final class EventStore: Sendable {
    /// Which code the id of an event begins with.
    package let numbering: EventNumbering
    /// Set if the database comes from a copy and got a new code now: to be logged.
    package let newInstallation: NewInstallation?
    /// Where the log is now that lay beside the file and belonged to another one, if `newInstallation` does not say: to be
    /// logged.
    package let strayLog: String?
    let engine: any StoreEngine
    private let counts: Mutex<AlertCounts>
    /// Measures every commit.
    package let commitTimer = CommitTimer()

    /// Names the database in messages: the path of its file, without symbolic links.
    package var path: String { engine.place }

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
        let opened = try DamageCheck.confirm(path) {
            try OpenedDatabase(
                path: path, at: now, migrator: Migrator(migrations), durability: durability,
                newInstallation: newInstallation, progress: progress)
        }
        engine = SQLiteEngine(opened, path: path)
        numbering = opened.numbering
        self.newInstallation = opened.newInstallation
        strayLog = opened.newInstallation == nil ? opened.strayLog : nil
        counts = Mutex(opened.counts)
        let newest = try read { try $0.newestNumber() }
        engine.note(numbering.id(newest).description)
    }

    /// Opens a database of PostgreSQL, and creates or migrates its schema where it is missing or older. Other daemons may
    /// work on it.
    ///
    /// - Parameters:
    ///   - now: when a new database says that it was made; nil: by its own clock, for hosts' clocks may be wrong.
    ///   - newInstallation: the code to give to a new database in place of a random one: for runs that must repeat.
    ///   - outcomeLimit: how long a commit whose answer was lost is asked about; nil, for whoever remembers what it has
    ///     stored: as long as it takes.
    ///   - progress: called before each step that may take long.
    /// - Throws: `StoreError.newerSchema`, `.login`, `.denied`, `.unavailable` or `.corrupt`.
    package init(
        postgres source: PostgresSource, at now: Timestamp? = nil, newInstallation: String? = nil,
        outcomeLimit: Duration? = nil, migrations: [Migration] = Migration.postgres,
        progress: (OpeningStep) -> Void = { _ in }
    ) throws {
        let opened = try OpenedPostgres(
            source, at: now, migrations: migrations, newInstallation: newInstallation, progress: progress)
        engine = PostgresEngine(opened.session, outcomeLimit: outcomeLimit)
        numbering = opened.numbering
        self.newInstallation = nil
        strayLog = nil
        counts = Mutex(opened.counts)
    }

    /// A command ends within 15 seconds, whatever becomes of the server: what is left when it has waited for the answer.
    private static let commandLimit = Duration.seconds(3)

    /// Opens a database of PostgreSQL for one short change by a command, also while daemons work on it. Creates and
    /// migrates nothing.
    ///
    /// - Throws: `StoreError.missing`, `.olderSchema`, `.newerSchema`, `.login`, `.denied` or `.unavailable`.
    package init(forCommandOn source: PostgresSource) throws {
        let opened = try OpenedPostgres(forCommandOn: source)
        engine = PostgresEngine(opened.session, outcomeLimit: EventStore.commandLimit)
        numbering = opened.numbering
        newInstallation = nil
        strayLog = nil
        counts = Mutex(opened.counts)
    }

    /// Opens a database for one short change by a command, while no daemon works on it. A daemon that starts meanwhile
    /// waits until this is closed. Creates and migrates nothing.
    ///
    /// - Throws: `StoreError.held` if a daemon works on it, `.missing`, `.olderSchema`, `.newerSchema`, `.corrupt`,
    ///   `.permission` or `.io`.
    package init(forCommandAt path: String) throws {
        let path = RealPath.resolve(path)
        let opened = try DamageCheck.confirm(path) { try OpenedDatabase(forCommandAt: path) }
        engine = SQLiteEngine(opened, path: path)
        numbering = opened.numbering
        newInstallation = nil
        strayLog = nil
        counts = Mutex(opened.counts)
    }

    /// Closes the database, and lets others have it. Waits for nobody: what is committed is on the disk.
    package func close() throws { try engine.close() }

    /// Copies the log of a file back whole: the one file is all there is. A server does that by itself.
    ///
    /// - Throws: `StoreError` if the disk is full, say: all is stored, but not in one file.
    func copyLogBack() throws { try (engine as? SQLiteEngine)?.copyLogBack() }

    /// Copies the log of a file back whole, and makes it a file without one, as every copy is. `close` alone may follow.
    ///
    /// - Throws: `StoreError` if the disk is full, or if somebody reads the file.
    func leaveLog() throws { try (engine as? SQLiteEngine)?.leaveLog() }

    /// A consistent copy of the database in one new file, marked as one.
    ///
    /// - Throws: `StoreError.io` also if `target` exists.
    package func backup(to target: String) throws { try engine.backup(to: target) }

    /// A connection of its own for somebody who changes nothing.
    ///
    /// - Throws: `StoreError`: see `HistoryReader`.
    package func reader() throws -> HistoryReader { try engine.reader() }

    /// Forgets pages and prepared statements; they are read and made again when they are needed.
    package func releaseMemory() { engine.releaseMemory() }

    /// Whether the database is still the one that was opened; costs next to nothing, so it can be asked at any time.
    ///
    /// - Throws: `StoreError.replaced`.
    package func checkFile() throws { try engine.check() }

    /// How many alerts wait and how many are dead. Nobody else changes a file: counted once at the start, and kept by what
    /// each commit changes.
    package func alertCounts() throws -> AlertCounts {
        engine.isShared ? try read { try Self.countAlerts(in: $0) } : counts.withLock { $0 }
    }

    /// Makes one transaction of several calls: all of them are on the disk when it returns, or none of them.
    ///
    /// Calls of other threads wait until it is over. Not for calls that make or move alerts: those are counted when they
    /// return, whatever becomes of the rest.
    package func transaction<Value>(_ body: (EventStore) throws -> Value) throws -> Value {
        try write { _ in try body(self) }
    }

    /// Runs `body`: on a database that several hosts share, what it writes is taken only while the condition holds.
    ///
    /// - Throws: also `StoreError.unavailable` if it does not, see `isLostShare`.
    package func writing<Value>(
        under condition: @escaping WriteCondition, _ body: (EventStore) throws -> Value
    ) throws -> Value {
        try engine.writing(under: condition) { try body(self) }
    }

    /// Runs `body` in one transaction, or within the one that is open.
    func write<Value>(_ order: WriteOrder = .anything, _ body: (Session) throws -> Value) throws -> Value {
        try engine.write(order, commitTimer, body)
    }

    /// Runs `body` in one transaction, and keeps count of the alerts that it made or moved.
    func write<Value>(counting body: (Session, inout AlertTally) throws -> Value) throws -> Value {
        var tally = AlertTally()
        let value = try write(.alerts) { try body($0, &tally) }
        counts.withLock { $0 = $0.changed(by: tally) }
        if let newest = tally.newestEvent { engine.note(numbering.id(newest).description) }
        return value
    }

    func read<Value>(_ body: (Session) throws -> Value) throws -> Value {
        try engine.read(body)
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
    static func countAlerts(in session: Session) throws -> AlertCounts {
        try session.first(AlertQuery.counts) { AlertCounts(pending: $0[0], dead: $0[1], held: $0[2]) }
            ?? AlertCounts(pending: 0, dead: 0)
    }
}
