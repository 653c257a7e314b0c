import Files
import Model
import Monitor
import Sharing
import Store
import Systemd

/// Has the loops do what this host holds, and nothing else: begins what it was given, finishes what it gives back, and
/// drops what it has lost.
///
/// For the loops this is a reload with another plan. Taking over loads from the database as a start does; dropping needs
/// no database, so that a host that is cut off stops in time.
actor SharingLoop {
    private let part: SharedPart
    private let reloader: Reloader
    private let store: StoreRoles
    private let heartbeats: Heartbeats
    private let announcer: Announcer
    private let clock: SystemClock
    /// News from the membership, and from what this loop has under way.
    private let news: Inbox<Void>
    private let newsOfLeases: Inbox<Void>
    private var givingBack: Set<Share> = []
    private var changes: ChangeCount?
    private var timeline: String?
    private var differences = ConfigDifferences()
    private var shown: ShareCount?
    private var work = WorkChanges(reserve: SharingLoop.reserve, pause: SharingLoop.afterFailure)
    private var isInTrouble = false

    private var membership: Membership { part.membership }

    /// So long before the end of a lease that is not renewed its work is dropped.
    private static let reserve = Duration.seconds(2)
    /// It looks at least so often, whether there was news or not.
    private static let look = Duration.seconds(1)
    /// What has been cut off is looked at again after this, until it is dropped.
    private static let afterCut = Duration.milliseconds(100)
    /// After a take-over that the database did not take.
    private static let afterFailure = Duration.seconds(1)
    /// What is given back may take so long to be finished; then it is cut off.
    private static let patience = Duration.seconds(12)

    init(
        _ part: SharedPart, reloader: Reloader, store: StoreRoles, heartbeats: Heartbeats, announcer: Announcer,
        clock: SystemClock
    ) {
        self.part = part
        self.reloader = reloader
        self.store = store
        self.heartbeats = heartbeats
        self.announcer = announcer
        self.clock = clock
        news = Inbox(clock: clock)
        newsOfLeases = Inbox(clock: clock)
        part.membership.listen { [news, newsOfLeases] in
            news.post(())
            newsOfLeases.post(())
        }
    }

    /// Runs until the task is cancelled, or until a newer program has changed the database.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.showLife() }
            group.addTask { await self.cutLost() }
            group.addTask { [part, store, announcer] in
                await LeftOutWatch(part, store: store.queue.store, announcer: announcer).run()
            }
            group.addTask { [part, store, announcer] in
                await AlertCountWatch(part: part, store: store.queue, announcer: announcer).run()
            }
            while !Task.isCancelled, membership.view.newerSchema == nil {
                _ = news.take()
                await turn(&group)
                let now = clock.now().monotonic
                let look = now.advanced(by: Self.look)
                let next = work.next(membership.view.leases, held: part.held.all.values, after: now)
                await news.wait(until: min(next ?? look, look), unlessCancelled: ())
            }
            group.cancelAll()
        }
    }

    /// Waiting for the database is progress: nothing of this process hangs.
    private nonisolated func showLife() async {
        while !Task.isCancelled {
            if part.membership.view.trouble != nil {
                for source in Heartbeats.Source.allCases { heartbeats.beat(source) }
            }
            try? await Task.sleep(for: heartbeats.interval)
        }
    }

    /// What is under way ends with its lease, also while the loops wait for the database.
    private nonisolated func cutLost() async {
        while !Task.isCancelled {
            _ = newsOfLeases.take()
            let (known, now) = (part.membership.view.leases, clock.now().monotonic)
            let held = part.held.all.values
            let lost = known.lost(of: held, reserve: Self.reserve, at: now)
            if !lost.isEmpty {
                part.attempts.cut(lost)
                await reloader.pollLoop.cut(lost.scopes)
            }
            let end = known.firstEnd(of: held.filter { !lost.contains($0.share) }, reserve: Self.reserve)
            let latest = clock.now().monotonic.advanced(by: lost.isEmpty ? Self.look : Self.afterCut)
            await newsOfLeases.wait(until: min(end ?? latest, latest), unlessCancelled: ())
        }
    }

    private func turn(_ group: inout DiscardingTaskGroup) async {
        let view = membership.view
        noteTrouble(view)
        if let timeline, timeline != view.timeline { announcer.write(ShareEntry.failedOver) }
        timeline = view.timeline
        let due = work.due(view.leases, held: part.held.all, finishing: givingBack, at: clock.now().monotonic)
        if !due.lost.isEmpty { await drop(due.lost) }
        if !due.unused.isEmpty { membership.finished(Dictionary(due.unused.map { ($0, nil) }) { first, _ in first }) }
        if !due.leaving.isEmpty {
            givingBack.formUnion(due.leaving)
            group.addTask { await self.giveBack(due.leaving) }
        }
        if !due.new.isEmpty { await begin(due.new) }
        wake(view)
        for entry in differences.news(of: view) { announcer.write(entry) }
        let count = ShareCount(view, held: part.held.all)
        if count != shown { announcer.show(shares: count.text) }
        shown = count
    }

    /// Shown also while nothing is to be written.
    private func noteTrouble(_ view: MembershipView) {
        if let trouble = view.trouble {
            announcer.storageFails(StoreError.unavailable(at: store.queue.store.path, because: trouble))
        } else if isInTrouble {
            announcer.storageWorks()
        }
        isInTrouble = view.trouble != nil
    }

    // MARK: - Taking over

    private func begin(_ new: [Share: Lease]) async {
        let (part, store, reloader) = (part, store, reloader)
        do {
            try await reloader.switching {
                part.held.insert(new)
                let plans = part.part(of: part.whole)
                do {
                    let records =
                        new.keys.scopes.isEmpty
                        ? try await store.delivery.perform { try $0.loadTargets() }
                        : try await reloader.pollLoop.reload(plans.poll.quiet) { try $0.loadTargets() }
                    await reloader.switchOthers(to: plans, records: records)
                } catch {
                    part.held.remove(new.keys)
                    throw error
                }
            }
            work.began(new.values)
            announcer.write(ShareEntry.began(new.keys))
        } catch {
            work.failed(at: clock.now().monotonic)
            // Another host may have taken it meanwhile.
            if (error as? StoreError)?.isLostShare != true { announcer.storageFails(error) }
        }
    }

    // MARK: - Giving back

    private func giveBack(_ shares: Set<Share>) async {
        let scopes = shares.scopes
        let names = part.names(of: shares)
        let (pollLoop, deliveryLoop) = (reloader.pollLoop, reloader.deliveryLoop)
        await withTimeLimit(Self.patience) {
            async let polls: Void = scopes.isEmpty ? () : pollLoop.finish(scopes)
            async let attempts: Void = names.isEmpty ? () : deliveryLoop.finish(names)
            _ = await (polls, attempts)
        }
        var left: [Share: Double?] = [:]
        let budgets = await pollLoop.figures.budgets
        for share in shares {
            if case .scope(let scope) = share {
                left[share] = budgets[scope]?.available
            } else {
                left[share] = .some(nil)
            }
        }
        await drop(shares, isLost: false)
        givingBack.subtract(shares)
        membership.finished(left)
        news.post(())
    }

    // MARK: - Dropping

    private func drop(_ shares: Set<Share>, isLost: Bool = true) async {
        let scopes = shares.scopes
        let names = part.names(of: shares)
        let (part, reloader) = (part, reloader)
        // At once, also while the loops wait for the database.
        part.attempts.cut(shares)
        await reloader.pollLoop.cut(scopes)
        await reloader.switching {
            async let polls: Void = scopes.isEmpty ? () : reloader.pollLoop.leave(scopes)
            async let attempts: Void = names.isEmpty ? () : reloader.deliveryLoop.leave(names)
            _ = await (polls, attempts)
            part.held.remove(shares)
            let plans = part.part(of: part.whole)
            await reloader.switchOthers(to: plans, records: [])
        }
        announcer.write(isLost ? ShareEntry.lost(shares) : ShareEntry.gaveBack(shares))
    }

    // MARK: - What others write

    /// Another host has stored alerts for targets that this one serves, or an operator has changed something there.
    private func wake(_ view: MembershipView) {
        guard let now = view.changes, now != changes else { return }
        let before = changes
        changes = now
        guard let before else { return }
        let targets = part.names(of: Set(part.held.all.keys))
        reloader.deliveryLoop.wake(targets)
        if before.retries != now.retries { reloader.deliveryLoop.repair(targets, drains: false) }
        if before.rules != now.rules { reloader.deliveryLoop.notifyingChanged() }
    }
}

extension Reloader {
    /// Switches all but the poll loop, which has its plan.
    func switchOthers(to plans: Plans, records: [TargetRecord]) {
        deliveryLoop.reload(plans.delivery, records: records)
        firingLoop.reload(plans.firing)
        if let sharing { pings?.reload(sharing.heartbeats(of: plans)) }
    }
}
