import Model
import Postgres
import Sharing
import Store
import Synchronization

/// The leases that the loops work under: what they write is committed with the numbers of these, so that nothing is written
/// of what another host has taken, whenever this one learns of it.
final class HeldLeases: Sendable {
    private let owner: String
    private let leases = Mutex<[Share: Lease]>([:])

    init(owner: String) {
        self.owner = owner
    }

    var all: [Share: Lease] { leases.withLock { $0 } }

    func insert(_ new: [Share: Lease]) {
        leases.withLock { $0.merge(new) { $1 } }
    }

    func remove(_ shares: some Sequence<Share>) {
        leases.withLock { leases in
            for share in shares { leases[share] = nil }
        }
    }

    /// What each transaction begins with that writes what is about shares of a kind. Whoever polls or serves nothing
    /// writes nothing of it, and may ask for that.
    func condition(on kind: Share.Kind) -> WriteCondition {
        { [self] in
            let leases = leases.withLock { $0.values.filter { $0.share.kind == kind } }
            guard !leases.isEmpty || kind != .upkeep else { return nil }
            return Lease.condition(on: leases, owner: owner)
        }
    }
}

/// The database for one kind of work on it.
struct SharedStore: StoreAccess {
    let queue: StoreQueue
    let condition: WriteCondition

    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (EventStore) throws -> Value
    ) async throws -> Value {
        try await queue.perform { [condition] store in
            try store.writing(under: condition) { try body($0) }
        }
    }
}

/// How the parts of the service get at the database.
struct StoreRoles: Sendable {
    let queue: StoreQueue
    let polling: any StoreAccess
    let delivery: any StoreAccess
    let upkeep: any StoreAccess

    /// A database that this process has alone.
    init(alone queue: StoreQueue) {
        self.queue = queue
        polling = queue
        delivery = queue
        upkeep = queue
    }

    init(_ queue: StoreQueue, sharedBy held: HeldLeases) {
        self.queue = queue
        polling = SharedStore(queue: queue, condition: held.condition(on: .scope))
        delivery = SharedStore(queue: queue, condition: held.condition(on: .targets))
        upkeep = SharedStore(queue: queue, condition: held.condition(on: .upkeep))
    }
}
