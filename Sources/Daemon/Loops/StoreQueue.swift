import Dispatch
import Model
package import Store

/// How a driver gets at the database.
package protocol StoreAccess: Sendable {
    /// Runs `body` after all that was asked before.
    func perform<Value: Sendable>(_ body: @escaping @Sendable (EventStore) throws -> Value) async throws -> Value
}

/// The database on a thread of its own: its calls wait for the disk, and no loop may wait with them.
package final class StoreQueue: StoreAccess {
    package let store: EventStore
    private let queue = DispatchQueue(label: "polarai.store")

    package init(_ store: EventStore) {
        self.store = store
    }

    package func perform<Value: Sendable>(
        _ body: @escaping @Sendable (EventStore) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [store] in
                continuation.resume(with: Result { try body(store) })
            }
        }
    }
}
