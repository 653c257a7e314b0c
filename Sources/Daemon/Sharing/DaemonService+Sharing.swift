import Config
import Files
import Glibc
import Model
import Postgres
import Sharing
import Store
import Systemd
import UnixSignals

/// A database that several hosts share: each does its part, and takes over what another one leaves.
extension DaemonService {
    /// This process among those that share its database.
    struct Members: Sendable {
        let membership: Membership
        let held: HeldLeases
        /// The latest time that is known of anybody's work before this process.
        let lastSeen: Timestamp?
    }

    /// Runs until SIGTERM or SIGINT.
    ///
    /// - Throws: `DaemonError`.
    func share(
        _ address: Secret, _ loaded: LoadedConfig, _ announcer: Announcer, _ notifier: SystemdNotifier,
        until signals: UnixSignalsSequence
    ) async throws {
        let lock = try RuntimeLock.take(environment: environment.variables)
        defer { withExtendedLifetime(lock) {} }
        let stop = StopRequest()
        let read = SecretReading(environment: environment).reader
        let place: @Sendable () throws -> PostgresAddress = { try PostgresAddress(read(address)) }
        // What it names is known once the plans are made.
        let membership = Membership(
            HostEntry(
                owner: Membership.newOwner(), host: HostName.current, pid: Int64(getpid()),
                version: ProgramVersion.current, shares: [], targets: [], config: [:]),
            clock: SystemClock()
        ) { options in
            try PostgresConnection(place(), options)
        }
        var service = self
        service.clock = SystemClock(shared: { membership.wall(at: $0) })
        announcer.use { [clock = service.clock] in clock.now().wall }

        let opened: (store: EventStore, lastSeen: Timestamp?)?
        do {
            opened = try await DatabaseWait(announcer: announcer, notifier: notifier, stop: stop).value { [service] in
                let store = try service.openStore(place, membership.owner, announcer)
                return (store, try store.lastSeenOnAnyHost())
            }
        } catch let error as StoreError {
            throw DaemonError.store(error)
        }
        guard let opened else { return }
        membership.start()
        defer { membership.stop() }
        // Every time that is stored is the database's.
        while membership.wall(at: clock.now().monotonic) == nil {
            guard !stop.isRequested else { return await membership.leave() }
            notifier.extendTimeout(by: .seconds(30))
            notifier.watchdog()
            await stop.wait(.milliseconds(50))
        }
        let members = Members(
            membership: membership, held: HeldLeases(owner: membership.owner), lastSeen: opened.lastSeen)
        let running = try await service.start(
            loaded, store: StoreRoles(StoreQueue(opened.store), sharedBy: members.held), sharedBy: members, announcer,
            notifier)
        guard !stop.isRequested else { return await membership.leave() }
        let ended = await service.serve(running, until: signals)
        await membership.leave()
        if let found = membership.view.newerSchema {
            throw DaemonError.store(
                .newerSchema(path: opened.store.path, found: found, known: EventStore.postgresSchema, copy: nil))
        }
        if let ended { throw DaemonError.ended(ended) }
    }

    private func openStore(
        _ address: @escaping @Sendable () throws -> PostgresAddress, _ owner: String, _ announcer: Announcer
    ) throws -> EventStore {
        let options = PostgresOptions(
            applicationName: HostEntry.applicationName(owner), connectLimit: .seconds(3))
        return try EventStore(postgres: PostgresSource(options: options, address: address)) { step in
            if let notice = step.notice(of: nil) { announcer.write(JournalEntry(notice, priority: .notice)) }
        }
    }
}

extension Membership {
    /// Gives back what is held: the next host takes over at once. What is held must be finished.
    func leave() async {
        stop()
        let deadline = ContinuousClock.now + .seconds(2)
        while !hasEnded, ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(20))
        }
    }
}
