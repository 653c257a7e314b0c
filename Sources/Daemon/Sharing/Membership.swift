import Files
import Foundation
import Model
import Postgres
import Sharing
import Synchronization

/// This process among those that share a database: holds leases, renews them, takes and gives back.
///
/// On a thread of its own: each step waits for the database, and nothing else may wait with it.
final class Membership: Sendable {
    /// What others may know of it.
    private struct Published {
        /// What is or was held last, with the end of each.
        var leases: [Share: Lease] = [:]
        var clock = DatabaseClock()
        /// Why the database cannot be used at present.
        var trouble: String?
        var hasEnded = false
    }

    private struct Requests {
        var isStopping = false
        /// Ends the pause that is under way.
        var pause: AwaitedValue<Bool>?
    }

    let owner: String
    private let entry: HostEntry
    /// The epoch of the lease that this process held before it began anew.
    private let inherited: Int64?
    private let terms: LeaseTerms
    private let clock: SystemClock
    private let connect: @Sendable (PostgresOptions) throws -> PostgresConnection
    private let published = Mutex(Published())
    private let requests = Mutex(Requests())

    /// An answer that takes longer is as good as none: a lease is to be renewed several times before it runs out.
    private static let limit = Duration.seconds(2)
    /// After a failure.
    private static let pause = Duration.milliseconds(500)

    init(
        _ entry: HostEntry, inherited: Int64? = nil, terms: LeaseTerms = LeaseTerms(), clock: SystemClock,
        connect: @escaping @Sendable (PostgresOptions) throws -> PostgresConnection
    ) {
        owner = entry.owner
        self.entry = entry
        self.inherited = inherited
        self.terms = terms
        self.clock = clock
        self.connect = connect
    }

    /// 64 random bits, as the database and its log show them.
    static func newOwner() -> String {
        String(UInt64.random(in: .min ... .max), radix: 36)
    }

    func start() {
        let thread = Thread { [self] in run() }
        thread.name = "sharing"
        thread.start()
    }

    // MARK: - What is held

    /// Whether this host may act on a share, and will be able to end what it begins now.
    ///
    /// - Parameter reserve: how long before the end of the lease it must stop.
    func mayAct(on share: Share, reserve: Duration) -> Bool {
        let now = clock.now().monotonic
        return published.withLock { published in
            published.leases[share].map { $0.end.since(now) > reserve } ?? false
        }
    }

    /// The newest lease that this host had of a share: what it commits carries its epoch.
    func lease(of share: Share) -> Lease? { published.withLock { $0.leases[share] } }

    /// What a program that begins anew in this process may go on with.
    var inheritance: ProcessRestart.Inheritance? {
        lease(of: .upkeep).map { ProcessRestart.Inheritance(owner: owner, epoch: $0.epoch) }
    }

    /// Why the database cannot be used at present.
    var trouble: String? { published.withLock { $0.trouble } }

    /// The database's time; nil until it has answered.
    func wall(at now: MonotonicInstant) -> Timestamp? { published.withLock { $0.clock.wall(at: now) } }

    /// Whether it knows who holds what.
    var hasLooked: Bool { published.withLock { $0.clock.wall(at: clock.now().monotonic) != nil } }

    /// Whether everything has been given back, or cannot be.
    var hasEnded: Bool { published.withLock { $0.hasEnded } }

    /// Returns once this host may begin nothing new: another one has taken over, or the lease is about to run out because
    /// it cannot be renewed.
    func untilLost() async {
        while mayAct(on: .upkeep, reserve: Self.reserve) {
            do {
                try await Task.sleep(for: Self.look)
            } catch {
                return
            }
        }
    }

    /// What is under way is ended within this time.
    static let reserve = Duration.seconds(5)
    private static let look = Duration.milliseconds(200)

    /// Gives everything back. What is held must be finished.
    func stop() {
        let pause = requests.withLock { requests in
            requests.isStopping = true
            return requests.pause
        }
        pause?.end(true) {}
    }

    // MARK: - The thread

    private func run() {
        // One lease goes for all that this host names.
        var keeper = LeaseKeeper(owner: owner, wanting: [.upkeep], terms: terms)
        var generator = SystemRandomNumberGenerator()
        var connection: PostgresConnection?
        var inherited = inherited
        while true {
            let isStopping = requests.withLock { $0.isStopping }
            if isStopping {
                keeper.stop(at: clock.now().monotonic)
                for share in keeper.draining { keeper.drained(share) }
            }
            do {
                let open = try self.open(&connection, &keeper)
                if let epoch = inherited {
                    try inherit(epoch, &keeper, open)
                    inherited = nil
                }
                try turn(&keeper, open, using: &generator)
                if keeper.isFinished {
                    try LeaseTable(owner: owner, terms: terms).leave(open)
                    break
                }
                published.withLock { $0.trouble = nil }
            } catch {
                connection?.close()
                connection = nil
                published.withLock { $0.trouble = "\(error)" }
                // What cannot be given back runs out.
                if isStopping { break }
            }
            let next = connection == nil ? nil : keeper.nextTurn
            wait(next.map { $0.since(clock.now().monotonic) } ?? Self.pause)
        }
        connection?.close()
        published.withLock { $0.hasEnded = true }
    }

    private func open(
        _ connection: inout PostgresConnection?, _ keeper: inout LeaseKeeper
    ) throws -> PostgresConnection {
        if let connection, connection.isOpen { return connection }
        let new = try connect(
            PostgresOptions(
                applicationName: HostEntry.applicationName(owner), connectLimit: Self.limit,
                statementLimit: Self.limit, lockLimit: Self.limit, idleLimit: Self.limit))
        connection = new
        keeper.connected(at: clock.now().monotonic)
        return new
    }

    /// Goes on with a lease from before, if nobody has taken it; with another epoch, so that nothing of before is
    /// committed late.
    private func inherit(_ epoch: Int64, _ keeper: inout LeaseKeeper, _ connection: PostgresConnection) throws {
        let before = Fence(share: .upkeep, epoch: epoch, number: 0)
        switch try before.settle(connection, owner: owner) {
        case .committed(let epoch, _), .notCommitted(let epoch):
            // It may have run out: the next renewal tells.
            let sent = clock.now().monotonic.advanced(by: .zero - terms.duration)
            keeper.took([Grant(share: .upkeep, epoch: epoch, tokens: nil)], sent: sent)
        case .lost: break
        }
    }

    private func turn(
        _ keeper: inout LeaseKeeper, _ connection: PostgresConnection,
        using generator: inout some RandomNumberGenerator
    ) throws {
        let table = LeaseTable(owner: owner, terms: terms)
        let sent = clock.now().monotonic
        let due = keeper.due(at: sent)
        guard !due.isNothing else { return }
        if !due.giveBack.isEmpty {
            try table.giveBack(due.giveBack, connection)
            keeper.gaveBack(due.giveBack.keys)
        }
        var own = entry
        if keeper.named.isEmpty { own.shares = [] }
        let seen = try table.turn(connection, writing: due.renew == nil ? nil : own, renewing: due.renew ?? [:])
        let received = clock.now().monotonic
        if let asked = due.renew {
            keeper.renewed(asked, confirmed: seen.confirmed, sent: sent, using: &generator)
        }
        if due.look {
            let picks = keeper.picks(seen.view, at: received, using: &generator)
            let asked = clock.now().monotonic
            let grants = try table.take(picks, seen.view, connection)
            keeper.took(grants, sent: asked)
            if !grants.isEmpty { try HostList.forget(connection) }
        }
        publish(keeper, seen.clock, sent: sent, received: received)
    }

    private func publish(_ keeper: LeaseKeeper, _ wall: Timestamp, sent: MonotonicInstant, received: MonotonicInstant) {
        let active = keeper.active(at: clock.now().monotonic)
        published.withLock { published in
            published.clock.measured(wall, sent: sent, received: received)
            for (share, lease) in published.leases where active[share] == nil {
                // Over: kept for its epoch, with which nothing can be committed any more.
                let end = min(lease.end, sent)
                published.leases[share] = Lease(share: share, epoch: lease.epoch, end: end)
            }
            published.leases.merge(active) { $1 }
        }
    }

    private func wait(_ limit: Duration) {
        guard limit > .zero, let pause = AwaitedValue<Bool>() else { return }
        let isStopping = requests.withLock { requests in
            requests.pause = pause
            return requests.isStopping
        }
        // One more turn at once, and then as they come.
        guard !isStopping else { return }
        _ = pause.wait(limit) {}
    }
}
