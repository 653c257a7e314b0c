import GRDB
import Glibc
package import Migrations
package import Model

/// The database as the daemon has it: the only writer, one connection held open from start to stop.
///
/// Every call is synchronous and whole: it is on the disk when it returns, or nothing of it is. All calls throw
/// `StoreError`; the store stays usable after one, so that a full disk is waited out.
/// Calls from several threads run one after the other.
package final class EventStore: Sendable {
    package let path: String
    /// Eight characters, made with the database; the first part of every event's id.
    package let installation: String
    let queue: DatabaseQueue
    private let lock: DatabaseLock

    /// Opens the database at `path`, or makes it, with its folder, and takes the sole right to write it.
    ///
    /// - Parameters:
    ///   - now: when a new database says that it was made.
    ///   - newInstallation: the code of a new database, in place of a random one: for runs that must repeat.
    ///   - progress: called before each step that may take long.
    /// - Throws: `StoreError.held`, `.newerSchema`, `.corrupt`, `.permission` or `.io`.
    package init(
        path: String, at now: Timestamp, durability: Durability = .full, newInstallation: String? = nil,
        migrations: [Migration] = Migration.all, progress: (OpeningStep) -> Void = { _ in }
    ) throws {
        self.path = path
        try SystemCall.makeFolder(SystemCall.folder(of: path))
        lock = try DatabaseLock(database: path)
        let opened = try OpenedDatabase(
            path: path, at: now, migrator: Migrator(migrations), durability: durability,
            newInstallation: newInstallation, progress: progress)
        queue = opened.queue
        installation = opened.installation
    }

    /// Copies the log back, so that the one file is all there is, and closes and gives the lock back.
    package func close() throws {
        defer { lock.release() }
        do {
            try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        } catch {
            // A reader holds the log: it is copied back at the next start.
        }
        do {
            try queue.close()
        } catch {
            throw StoreError.translating(error, path: path)
        }
    }

    /// A consistent copy of the database in one new file.
    ///
    /// - Throws: `StoreError.io` also where `target` exists.
    package func backup(to target: String) throws {
        try queue.writeWithoutTransaction { try DatabaseCopy.make(of: $0, at: target, replacing: false) }
    }

    /// Forgets pages and prepared statements; they are read and made again when they are needed.
    package func releaseMemory() {
        queue.releaseMemory()
    }

    /// Runs `body` in one transaction.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try queue.write(body)
        } catch {
            throw StoreError.translating(error, path: path)
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            // Nobody else writes while this one holds the database, and the queue lets one in at a time: the isolation of
            // `read` would cost several statements each time and win nothing.
            return try queue.unsafeRead(body)
        } catch {
            throw StoreError.translating(error, path: path)
        }
    }
}
