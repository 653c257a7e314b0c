import Files
import Foundation
import Model
import Postgres
import Sharing
import Store
import Synchronization

/// This process among those that share a database: holds leases, renews them, takes and gives back.
///
/// On a thread of its own: each step waits for the database, and nothing else may wait with it.
final class Membership: Sendable {
    private struct Requests {
        /// Nothing is taken any more, and what is finished is given back.
        var isLeaving = false
        /// Everything is finished.
        var isStopping = false
        /// The config that this host names to the others; nil if it has not changed.
        var entry: HostEntry?
        /// What is finished, and what is left of its budget.
        var drained: [Share: Double?] = [:]
        /// Ends the pause that is under way.
        var pause: AwaitedValue<Bool>?
    }

    let owner: String
    private let terms: LeaseTerms
    private let clock: SystemClock
    private let connect: @Sendable (PostgresOptions) throws -> PostgresConnection
    private let published: Mutex<MembershipView>
    private let listeners = Mutex<[@Sendable () -> Void]>([])
    private let requests = Mutex(Requests())
    private let firstEntry: HostEntry

    /// Whoever dies has its last share taken over within 16 seconds: looking, loading and the first call need some of them.
    private static let terms = LeaseTerms(duration: .seconds(13))
    /// An answer that takes longer is as good as none: a lease is to be renewed several times before it runs out.
    private static let limit = Duration.seconds(2)
    /// After a failure.
    private static let pause = Duration.milliseconds(500)

    init(
        _ entry: HostEntry, terms: LeaseTerms = Membership.terms, clock: SystemClock,
        connect: @escaping @Sendable (PostgresOptions) throws -> PostgresConnection
    ) {
        owner = entry.owner
        firstEntry = entry
        published = Mutex(MembershipView(entry: entry))
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

    // MARK: - What it knows

    var view: MembershipView { published.withLock { $0 } }

    /// - Parameter listener: called after each change of `view` that anybody has to act on; must not block.
    func listen(_ listener: @escaping @Sendable () -> Void) {
        listeners.withLock { $0.append(listener) }
    }

    /// Whether this host may act on a share, and will be able to end what it begins now.
    ///
    /// - Parameter reserve: how long before the end of the lease it must stop.
    func mayAct(on share: Share, reserve: Duration) -> Bool {
        let now = clock.now().monotonic
        return published.withLock { $0.leases.active[share]?.lasts(reserve, at: now) ?? false }
    }

    /// The database's time; nil until it has answered.
    func wall(at now: MonotonicInstant) -> Timestamp? { published.withLock { $0.clock.wall(at: now) } }

    /// Whether everything has been given back, or cannot be.
    var hasEnded: Bool { published.withLock { $0.hasEnded } }

    // MARK: - What it is asked

    /// The config has changed: what it no longer names is finished and given back.
    func name(_ entry: HostEntry) {
        published.withLock { $0.entry = entry }
        post { $0.entry = entry }
        tellListeners()
    }

    /// The tasks of this host's config that nobody polls, for the others to show.
    func name(leftOut tasks: [LeftOutTask]) {
        let entry = published.withLock { view in
            view.entry.leftOut = tasks
            return view.entry
        }
        post { $0.entry = entry }
    }

    /// Nothing of these shares is under way any more, and what came of it is committed: others may take them.
    ///
    /// - Parameter tokens: what is left of the budgets; nil if that is not known.
    func finished(_ shares: [Share: Double?]) {
        post { $0.drained.merge(shares) { $1 } }
    }

    /// The host stops: nothing is taken any more, and these shares are finished already. The rest follows with `stop`.
    ///
    /// - Parameter shares: see `finished`.
    func leave(finished shares: [Share: Double?]) {
        post { requests in
            requests.isLeaving = true
            requests.drained.merge(shares) { $1 }
        }
    }

    /// Gives everything back. What is held must be finished.
    func stop() {
        post { requests in
            requests.isLeaving = true
            requests.isStopping = true
        }
    }

    private func post(_ change: (inout Requests) -> Void) {
        let pause = requests.withLock { requests in
            change(&requests)
            return requests.pause
        }
        pause?.end(true) {}
    }

    // MARK: - The thread

    private func run() {
        var entry = firstEntry
        var keeper = LeaseKeeper(owner: owner, wanting: entry.shares, terms: terms)
        var generator = SystemRandomNumberGenerator()
        var connection: PostgresConnection?
        var tokens: [Share: Double] = [:]
        while true {
            let asked = requests.withLock { requests in
                defer {
                    requests.entry = nil
                    requests.drained = [:]
                }
                return requests
            }
            let now = clock.now().monotonic
            if let new = asked.entry {
                entry = new
                keeper.want(new.shares, at: now)
            }
            if asked.isLeaving { keeper.stop(at: now) }
            if asked.isStopping {
                for share in keeper.draining { keeper.drained(share) }
            }
            for (share, left) in asked.drained {
                keeper.drained(share)
                tokens[share] = left
            }
            do {
                let open = try self.open(&connection, &keeper)
                try turn(&keeper, entry, &tokens, open, using: &generator)
                if keeper.isFinished {
                    try LeaseTable(owner: owner, terms: terms).leave(open)
                    break
                }
            } catch {
                connection?.close()
                connection = nil
                publishTrouble(error, keeper)
                // What cannot be given back runs out.
                if asked.isStopping { break }
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
        keeper.answered(on: try ServerTimeline.read(new), at: clock.now().monotonic)
        return new
    }

    private func turn(
        _ keeper: inout LeaseKeeper, _ entry: HostEntry, _ tokens: inout [Share: Double],
        _ connection: PostgresConnection, using generator: inout some RandomNumberGenerator
    ) throws {
        let table = LeaseTable(owner: owner, terms: terms)
        let sent = clock.now().monotonic
        let due = keeper.due(at: sent)
        guard !due.isNothing else { return }
        if !due.giveBack.isEmpty {
            try table.giveBack(due.giveBack, tokens: tokens, connection)
            keeper.gaveBack(due.giveBack.keys)
            for share in due.giveBack.keys { tokens[share] = nil }
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
        // Leases are known before what is asked for besides.
        publish(keeper) { $0.clock.measured(seen.clock, sent: sent, received: received) }
        // Behind a proxy the connection may outlive the server.
        if due.renew != nil { keeper.answered(on: try ServerTimeline.read(connection), at: received) }
        let hosts = due.renew == nil ? nil : try HostList.read(connection)
        let schema = due.renew == nil ? nil : try SchemaVersion.read(connection)
        publish(keeper) { view in
            view.trouble = nil
            view.timeline = keeper.timeline
            view.changes = seen.changes
            if let hosts { view.note(hosts, at: received) }
            if let schema, schema > EventStore.postgresSchema { view.newerSchema = schema }
        }
    }

    private func publish(_ keeper: LeaseKeeper, _ change: (inout MembershipView) -> Void) {
        let leases = KnownLeases(active: keeper.active(at: clock.now().monotonic), givingBack: keeper.givingBack)
        let isNews = published.withLock { view in
            let before = view
            view.leases = leases
            change(&view)
            return view.isNews(after: before)
        }
        if isNews { tellListeners() }
    }

    private func tellListeners() {
        for listener in listeners.withLock({ $0 }) { listener() }
    }

    private func publishTrouble(_ error: any Error, _ keeper: LeaseKeeper) {
        publish(keeper) { $0.trouble = "\(error)" }
    }

    private func wait(_ limit: Duration) {
        guard limit > .zero, let pause = AwaitedValue<Bool>() else { return }
        let isAwaited = requests.withLock { requests in
            requests.pause = pause
            return requests.isStopping || requests.entry != nil || !requests.drained.isEmpty
        }
        // One more turn at once, and then as they come.
        guard !isAwaited else { return }
        _ = pause.wait(limit) {}
    }
}
