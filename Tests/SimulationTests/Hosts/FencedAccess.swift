import Daemon
import Store

/// The database for one kind of work of a host: nothing is done there unless its leases are still its own. PostgreSQL checks
/// that with the first statement of each transaction that writes.
struct FencedAccess: StoreAccess {
    private let access: HostAccess
    private let database: SharedDatabase
    private let condition: WriteCondition

    init(_ access: HostAccess, _ database: SharedDatabase, under condition: @escaping WriteCondition) {
        self.access = access
        self.database = database
        self.condition = condition
    }

    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (EventStore) throws -> Value
    ) async throws -> Value {
        try await access.perform { [database, condition] store in
            guard let values = condition()?.values, database.holds(values) else {
                throw StoreError.unavailable(at: store.path, because: StoreError.lostShare)
            }
            return try body(store)
        }
    }
}
