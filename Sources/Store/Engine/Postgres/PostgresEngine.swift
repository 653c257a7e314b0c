import Model
import Synchronization

/// A database of PostgreSQL, which other hosts may write as well.
final class PostgresEngine: StoreEngine {
    let place: String
    private let lock = RecursiveLock()
    /// Only for whoever has the lock.
    nonisolated(unsafe) private let postgres: PostgresSession
    nonisolated(unsafe) private let session: Session
    private let isClosing = Atomic<Bool>(false)
    private let outcomeLimit: Duration?

    /// - Parameter outcomeLimit: how long a commit whose answer was lost is asked about; nil: as long as it takes.
    init(_ postgres: PostgresSession, outcomeLimit: Duration? = nil) {
        self.postgres = postgres
        self.outcomeLimit = outcomeLimit
        session = Session(postgres)
        place = postgres.place
    }

    var isShared: Bool { true }

    /// Whether the database answers shows with the next call.
    func check() {}

    func write<Value>(_ order: WriteOrder, _ timer: CommitTimer, _ body: (Session) throws -> Value) throws -> Value {
        try lock.withLock {
            if postgres.isInTransaction {
                try postgres.take(order)
                return try body(session)
            }
            var result: Value?
            try timer.measure {
                result = try transaction(order, body)
            }
            guard let result else {
                throw StoreError.io(
                    path: place,
                    detail: "a transaction had no result; this is a bug in polarai-daemon; please report it")
            }
            return result
        }
    }

    private func transaction<Value>(_ order: WriteOrder, _ body: (Session) throws -> Value) throws -> Value {
        try begin(order)
        let value: Value
        do {
            value = try body(session)
        } catch {
            postgres.rollback()
            throw error
        }
        try postgres.commit(knownWithin: outcomeLimit) { isClosing.load(ordering: .relaxed) }
        return value
    }

    func writing<Value>(under condition: @escaping WriteCondition, _ body: () throws -> Value) throws -> Value {
        try lock.withLock {
            let before = postgres.condition
            postgres.condition = condition
            defer { postgres.condition = before }
            return try body()
        }
    }

    /// A connection that ended while nobody used it is noticed now, and nothing is lost with it: it is made once more.
    private func begin(_ order: WriteOrder) throws {
        let wasOpen = postgres.isOpen
        do {
            try postgres.beginWriting(order)
        } catch StoreError.unavailable where wasOpen && !postgres.isOpen {
            try postgres.beginWriting(order)
        }
    }

    func read<Value>(_ body: (Session) throws -> Value) throws -> Value {
        try lock.withLock {
            guard !postgres.isInTransaction else { return try body(session) }
            let wasOpen = postgres.isOpen
            do {
                return try body(session)
            } catch StoreError.unavailable where wasOpen && !postgres.isOpen {
                return try body(session)
            }
        }
    }

    func rehearse(_ body: (_ rehearsal: ((Session) throws -> Void) throws -> Void) throws -> Void) throws {
        try lock.withLock {
            try body { rehearsal in
                try begin(.alerts)
                defer { postgres.rollback() }
                try rehearsal(session)
                try postgres.flush()
            }
        }
    }

    /// The database keeps it.
    func note(_ newest: @autoclosure () -> String) {}

    func reader() throws -> HistoryReader {
        try HistoryReader(postgres: lock.withLock { postgres.source })
    }

    func releaseMemory() {
        lock.withLock { session.forgetStatements() }
    }

    func backup(to target: String) throws {
        throw StoreError.unsupported(
            place: place,
            detail: StoreError.copyOfPostgres)
    }

    func close() {
        isClosing.store(true, ordering: .relaxed)
        lock.withLock { postgres.close() }
    }
}
