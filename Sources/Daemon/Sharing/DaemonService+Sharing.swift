import Config
import Files
import Glibc
import Model
import Postgres
import Sharing
import Store
import Systemd
import UnixSignals

/// A database that several hosts share: one of them works, the others stand by and take over.
extension DaemonService {
    /// Runs until SIGTERM or SIGINT.
    ///
    /// - Throws: `DaemonError`.
    func share(
        _ address: Secret, _ loaded: LoadedConfig, _ announcer: Announcer, _ notifier: SystemdNotifier,
        until signals: UnixSignalsSequence
    ) async throws {
        let stop = StopRequest()
        let inherited = ProcessRestart.Inheritance.take()
        let entry = HostEntry(
            owner: inherited?.owner ?? Membership.newOwner(), host: HostName.current, pid: Int64(getpid()),
            version: ProgramVersion.current, shares: Self.shares(of: loaded.settings),
            targets: loaded.settings.targets.map(\.name),
            config: ConfigComparison.digests(loaded.settings))
        let read = SecretReading(environment: environment).reader
        let place: @Sendable () throws -> PostgresAddress = { try PostgresAddress(read(address)) }
        let membership = Membership(entry, inherited: inherited?.epoch, clock: SystemClock()) { options in
            try PostgresConnection(place(), options)
        }
        var service = self
        service.clock = SystemClock(shared: { membership.wall(at: $0) })

        let store: EventStore?
        do {
            store = try await DatabaseWait(announcer: announcer, notifier: notifier, stop: stop).value { [service] in
                try service.openStore(place, membership)
            }
        } catch let error as StoreError {
            throw DaemonError.store(error)
        }
        guard let store else { return }
        membership.start()
        defer { membership.stop() }
        guard await standBy(membership, stop, announcer, notifier) else {
            await leave(membership)
            return
        }
        var running = try await service.start(loaded, store: StoreQueue(store), announcer, notifier)
        running.membership = membership
        let ended = await service.serve(running, until: signals)
        if ended == .sharing { startAnew(membership, announcer) }
        await leave(membership)
        if let ended { throw DaemonError.ended(ended) }
    }

    /// What a host names: all that its config has it do.
    private static func shares(of settings: Settings) -> Set<Share> {
        let scopes = settings.clusters.map(\.accountRegion) + settings.instances.map(\.accountRegion)
        return Set(scopes.map { .scope($0) } + [.upkeep])
    }

    private func openStore(
        _ address: @escaping @Sendable () throws -> PostgresAddress, _ membership: Membership
    ) throws -> EventStore {
        let options = PostgresOptions(
            applicationName: HostEntry.applicationName(membership.owner), connectLimit: .seconds(3))
        let source = try PostgresSource(
            options: options, condition: { membership.lease(of: .upkeep)?.condition(owner: membership.owner) },
            address: address)
        return try EventStore(postgres: source, at: clock.now().wall)
    }

    /// Waits until this host is the one that works.
    ///
    /// - Returns: false if the service is to stop.
    private func standBy(
        _ membership: Membership, _ stop: StopRequest, _ announcer: Announcer, _ notifier: SystemdNotifier
    ) async -> Bool {
        var isSaid = false
        while !membership.mayAct(on: .upkeep, reserve: Membership.reserve) {
            guard !stop.isRequested else { return false }
            let words =
                membership.trouble.map { "the database does not answer: \($0)" }
                ?? "standing by: another host works on this database"
            if !membership.hasLooked {
                notifier.extendTimeout(by: .seconds(30))
            } else if !isSaid {
                isSaid = true
                notifier.ready(status: words)
                announcer.write(
                    JournalEntry("Another host works on this database; this one stands by.", priority: .info))
            } else {
                notifier.status(words)
            }
            notifier.watchdog()
            await stop.wait(.milliseconds(200))
        }
        return !stop.isRequested
    }

    /// Gives back what is held: the next host takes over at once.
    private func leave(_ membership: Membership) async {
        membership.stop()
        let deadline = ContinuousClock.now + .seconds(2)
        while !membership.hasEnded, ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    /// The work has gone to another host, and everything that belonged to it has ended: the program begins anew in the
    /// same process, and stands by.
    private func startAnew(_ membership: Membership, _ announcer: Announcer) {
        announcer.write(
            JournalEntry("The lease of this host has ended: it stops its work and stands by.", priority: .warning))
        announcer.flush()
        ProcessRestart.perform(leaving: membership.inheritance)
    }

    /// Lets go of a database that may not answer: nothing waits for it any longer.
    func abandon(_ store: StoreQueue) {
        WorkerThreads.shared.run { try? store.store.close() }
    }
}
