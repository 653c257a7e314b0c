package import Model
import Postgres
package import Sharing
package import Store
import Synchronization

/// The leases that the loops work under: what they write is committed with the numbers of these, so that nothing is written
/// of what another host has taken, whenever this one learns of it.
package final class HeldLeases: Sendable {
    private let owner: String
    private let leases = Mutex<[Share: Lease]>([:])

    /// - Parameter owner: the name of this process among the hosts.
    package init(owner: String) {
        self.owner = owner
    }

    package var all: [Share: Lease] { leases.withLock { $0 } }

    package func insert(_ new: [Share: Lease]) {
        leases.withLock { $0.merge(new) { $1 } }
    }

    package func remove(_ shares: some Sequence<Share>) {
        leases.withLock { leases in
            for share in shares { leases[share] = nil }
        }
    }

    /// What is left of the budgets of calls. Who had a lease before and left no word of it may have spent all of it.
    package static func tokensLeft(of held: some Collection<Lease>) -> [AccountRegion: Double] {
        held.reduce(into: [:]) { tokens, lease in
            guard case .scope(let scope) = lease.share, lease.epoch > 1 || lease.tokens != nil,
                !Planted.isOn(.budgetGivenAnew)
            else { return }
            tokens[scope] = lease.tokens ?? 0
        }
    }

    /// What each transaction begins with that writes what is about shares of a kind. Whoever polls or serves nothing
    /// writes nothing of it, and may ask for that.
    package func condition(on kind: Share.Kind) -> WriteCondition {
        { [self] in
            let leases = leases.withLock { leases in
                Planted.isOn(.fenceNotChecked) ? [] : leases.values.filter { $0.share.kind == kind }
            }
            guard !leases.isEmpty || kind != .upkeep else { return nil }
            return Lease.condition(on: leases, owner: owner)
        }
    }
}

/// The database for one kind of work on it.
package struct SharedStore: StoreAccess {
    private let store: any StoreAccess
    private let condition: WriteCondition

    package init(_ store: any StoreAccess, under condition: @escaping WriteCondition) {
        self.store = store
        self.condition = condition
    }

    package func perform<Value: Sendable>(
        _ body: @escaping @Sendable (EventStore) throws -> Value
    ) async throws -> Value {
        try await store.perform { [condition] store in
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
        polling = SharedStore(queue, under: held.condition(on: .scope))
        delivery = SharedStore(queue, under: held.condition(on: .targets))
        upkeep = SharedStore(queue, under: held.condition(on: .upkeep))
    }
}
