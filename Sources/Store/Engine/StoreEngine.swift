package import Postgres

/// What a database is to the store that writes it: one connection, and transactions on it.
///
/// Every call is synchronous. Calls from several threads run one after the other; a call within a call of the same
/// thread is part of it.
protocol StoreEngine: AnyObject, Sendable {
    /// Names the database in messages.
    var place: String { get }

    /// Whether others may write it, too.
    var isShared: Bool { get }

    /// - Throws: `StoreError` if what is committed now would not be where a reader looks for it.
    func check() throws

    /// Runs `body` in one transaction, or within the one that is open. It is on the disk when this returns.
    ///
    /// - Parameters:
    ///   - order: what `body` needs to be alone with.
    ///   - timer: measures the transaction.
    func write<Value>(_ order: WriteOrder, _ timer: CommitTimer, _ body: (Session) throws -> Value) throws -> Value

    /// Runs `body`, each transaction of which that writes begins with the condition.
    func writing<Value>(under condition: @escaping WriteCondition, _ body: () throws -> Value) throws -> Value

    /// Runs `body` on what is committed.
    func read<Value>(_ body: (Session) throws -> Value) throws -> Value

    /// Runs `body` once or several times, each time in a transaction of its own that is taken back.
    func rehearse(_ body: (_ rehearsal: ((Session) throws -> Void) throws -> Void) throws -> Void) throws

    /// Keeps the number of the newest event where it outlives the database being put back from a copy.
    func note(_ newest: @autoclosure () -> String)

    /// A connection of its own for somebody who changes nothing.
    func reader() throws -> HistoryReader

    func releaseMemory()
    func backup(to target: String) throws
    func close() throws
}

/// A statement that fails unless this host may write now, for example because its leases are still its own; it is run first
/// in each transaction that writes. Nil: the host may not.
package typealias WriteCondition = @Sendable () -> (text: String, values: [PostgresValue])?

/// Which writers must come one after the other.
enum WriteOrder {
    /// Whoever makes or moves alerts: what is due depends on all alerts of a line, and events are numbered in the order of
    /// their commits.
    case alerts
    /// Whoever changes nothing of these.
    case anything
}
