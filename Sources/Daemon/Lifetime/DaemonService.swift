import Alerts
package import Config
import Dispatch
import Glibc
import HTTPTransport
import Model
import Monitor
import Store
import Systemd
import UnixSignals

/// The service: builds the parts from the config, runs the loops, reloads, stops.
package struct DaemonService: Sendable {
    let configPath: String
    let environment: HostEnvironment
    var clock = SystemClock()

    /// SIGTERM ends the process within 5 s; a disk that hangs may not hold it longer.
    private static let stopLimit = DispatchTimeInterval.milliseconds(4300)
    private static let heartbeat = Duration.seconds(5)
    /// EX_CONFIG: a newer program has changed the database.
    private static let newerSchema: Int32 = 78

    package init(configPath: String, environment: HostEnvironment) {
        self.configPath = configPath
        self.environment = environment
    }

    /// Runs until SIGTERM or SIGINT.
    ///
    /// - Throws: `DaemonError` if it could not start, or a part of it ended by itself.
    package func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        // A SIGHUP before the config is read asks for nothing, and must not end the program.
        signal(SIGHUP, SIG_IGN)
        // From here on, so that a signal during the start is not lost.
        let signals = await UnixSignalsSequence(trapping: .sighup, .sigterm, .sigint)
        let notifier = SystemdNotifier(environment: environment.variables)
        let output = LogOutput.standard(identifier: "polarai-daemon", environment: environment.variables)
        defer { output.flush() }
        let announcer = Announcer(output: output, notifier: notifier)
        let loaded = try loadConfig(announcer)
        switch loaded.settings.storage.place {
        case .file(let path):
            let store = StoreQueue(try openStore(path, announcer, notifier))
            let running = try await start(loaded, store: StoreRoles(alone: store), announcer, notifier)
            if let part = await serve(running, until: signals) { throw DaemonError.ended(part) }
            if let trouble = announcer.storageTrouble, !trouble.isReplaced { throw DaemonError.unstored(trouble.error) }
        case .postgres(let address):
            try await share(address, loaded, announcer, notifier, until: signals)
        }
    }

    /// What runs once the start is over. What only the start needed, for example the config's tree, is gone by then.
    struct Running: Sendable {
        let store: StoreQueue
        let upkeep: any StoreAccess
        let announcer: Announcer
        let notifier: SystemdNotifier
        let heartbeats: Heartbeats
        let watchdog: WatchdogInterval?
        let pollLoop: PollLoop
        let deliveryLoop: DeliveryLoop
        let firingLoop: FiringLoop
        let pings: HeartbeatService
        let reloader: Reloader
        let control: ControlServer?
        let status: [ControlServer]
        /// On a database that several hosts share.
        let sharing: SharingLoop?
        let part: SharedPart?
    }

    func start(
        _ loaded: LoadedConfig, store roles: StoreRoles, sharedBy members: Members? = nil, _ announcer: Announcer,
        _ notifier: SystemdNotifier
    ) async throws -> Running {
        let store = roles.queue
        let startedAt = clock.now().wall
        if let installation = store.store.newInstallation {
            announcer.write(JournalEntry("\(installation)", priority: .notice))
        }
        if let log = store.store.strayLog {
            announcer.write(
                JournalEntry(
                    "The -wal file beside \(store.store.path) belonged to another database and was not applied; it was "
                        + "renamed to \(log).", priority: .notice))
        }
        let parts = SharedParts(
            environment: environment, clock: clock, apiShared: APIShared(), announcer: announcer,
            apiHTTP: CurlClient(userAgent: ProgramVersion.userAgent),
            alertHTTP: CurlClient(userAgent: ProgramVersion.userAgent))
        let whole = try Plans(loaded.settings, parts: parts)
        whole.poll.takeEffect()
        let part = members.map { SharedPart(whole, membership: $0.membership, held: $0.held) }
        part?.adopt(whole)
        if part != nil { announcer.show(shares: "joining the hosts that share the database") }
        let plans = part?.part(of: whole) ?? whole
        announcer.figures.noteConfig(takenAt: startedAt)
        store.store.commitTimer.observe { announcer.figures.noteCommit(took: $0) }

        let watchdog = WatchdogInterval(environment: environment.variables, pid: getpid())
        let heartbeats = Heartbeats(
            interval: watchdog.map { min($0.beat / 2, Self.heartbeat) } ?? Self.heartbeat, clock: clock)
        let firingLoop = FiringLoop(
            plan: plans.firing, store: roles.delivery, announcer: announcer, heartbeats: heartbeats, clock: clock)
        let answers = APIAnswers()
        let (pollLoop, deliveryLoop) = try await loops(
            plans, store: roles, part: part, parts: parts, heartbeats: heartbeats, answers: answers,
            firingLoop: firingLoop, startedAt: startedAt, lastSeen: members?.lastSeen)
        let pings = HeartbeatService(
            part?.heartbeats(of: whole) ?? loaded.settings.heartbeats, parts: parts, heartbeats: heartbeats,
            answers: answers, store: store, isPolling: { part.map { !$0.held.all.keys.scopes.isEmpty } ?? true })
        let reloader = Reloader(
            configPath: configPath, settings: loaded.settings, parts: parts, pollLoop: pollLoop,
            deliveryLoop: deliveryLoop, firingLoop: firingLoop, pings: pings, sharing: part, notifier: notifier)
        let desk = DaemonDesk(
            store: store, pollLoop: pollLoop, deliveryLoop: deliveryLoop, reloader: reloader, announcer: announcer,
            clock: clock, startedAt: startedAt, membership: part?.membership)
        let control = openControl(desk, announcer: announcer, heartbeats: heartbeats)
        let figures = FiguresDesk(
            figures: announcer.figures, clockOffset: parts.apiShared.clockOffset, calls: { await pollLoop.figures })
        let status = openStatus(desk, figures, announcer: announcer)
        return Running(
            store: store, upkeep: roles.upkeep, announcer: announcer, notifier: notifier, heartbeats: heartbeats,
            watchdog: watchdog, pollLoop: pollLoop, deliveryLoop: deliveryLoop, firingLoop: firingLoop, pings: pings,
            reloader: reloader, control: control, status: status,
            sharing: part.map {
                SharingLoop(
                    $0, reloader: reloader, store: roles, heartbeats: heartbeats, announcer: announcer, clock: clock)
            }, part: part)
    }

    /// - Returns: the part that ended by itself, if one did; nil after SIGTERM or SIGINT.
    func serve(_ running: Running, until signals: UnixSignalsSequence) async -> ServicePart? {
        let (announcer, notifier) = (running.announcer, running.notifier)
        notifier.ready(status: announcer.statusText)
        announcer.write(
            JournalEntry(
                "polarai-daemon \(ProgramVersion.current) is ready: \(announcer.statusText).", priority: .info))
        MemoryTuning.returnUnused()

        let parts = RunningParts()
        async let polling: Void = parts.run(.polling) { await running.pollLoop.run() }
        async let delivering: Void = parts.run(.delivery) { await running.deliveryLoop.run() }
        async let firing: Void = parts.run(.firing) { await running.firingLoop.run() }
        let (ended, exit) = await withDiscardingTaskGroup { group in
            addHelpers(of: running, parts, to: &group)
            group.addTask { await parts.run(.signals) { await handle(signals, reloading: running.reloader, parts) } }
            let ended = await parts.firstToEnd
            if let ended, ended != .sharing {
                announcer.write(
                    JournalEntry(
                        "An internal part of polarai-daemon (\(ended.rawValue)) ended unexpectedly, so the daemon stops; "
                            + "systemd restarts it.",
                        priority: .error))
            }
            notifier.stopping(status: "stopping")
            group.cancelAll()
            let exit = StopLimit(Self.stopLimit) {
                announcer.write(Self.unfinishedStop(running))
                announcer.flush()
            }
            return (ended, exit)
        }
        running.pollLoop.stop()
        running.deliveryLoop.stop()
        running.firingLoop.stop()
        await polling
        await running.part?.leavePolling(running.pollLoop)
        _ = await (delivering, firing)
        let status = ended == nil ? EXIT_SUCCESS : ended == .sharing ? Self.newerSchema : EXIT_FAILURE
        if let part = running.part {
            exit.allIsCommitted(status)
            await part.membership.leave()
        }
        await close(running.store, isAlone: running.part == nil, announcer: announcer, exit: exit, status: status)
        _ = notifier.flush()
        return ended
    }

    private static func unfinishedStop(_ running: Running) -> JournalEntry {
        JournalEntry(
            "polarai-daemon stops before the latest changes are stored, because the database does not "
                + "answer: another program has locked it, or its disk hangs. No event is lost: tasks are polled again at "
                + "the next start, and alerts whose delivery was not stored are sent again."
                + (running.part == nil
                    ? " List the programs that use the database with `fuser -v \(running.store.store.path)`." : ""),
            priority: .error)
    }

    /// All that runs beside the loops and ends when it is cancelled.
    private func addHelpers(of running: Running, _ parts: RunningParts, to group: inout DiscardingTaskGroup) {
        let (store, announcer) = (running.store, running.announcer)
        group.addTask {
            await parts.run(.housekeeping) {
                await Housekeeper(
                    store: running.upkeep, path: store.store.path, clock: clock, announcer: announcer,
                    heartbeats: running.heartbeats
                ).run {
                    let settings = await running.reloader.settings
                    let rules = Housekeeper.Rules(
                        keep: settings.storage.keep, targets: Set(settings.targets.map(\.name)))
                    return running.part.map { $0.rules(rules) } ?? rules
                }
            }
        }
        if let sharing = running.sharing {
            group.addTask { await parts.run(.sharing) { await sharing.run() } }
        }
        group.addTask { await parts.run(.pinging) { await running.pings.run() } }
        group.addTask { await parts.run(.memory) { await MemoryKeeper(store: store).run() } }
        if let watchdog = running.watchdog {
            let feeder = WatchdogFeeder(
                interval: watchdog, notifier: running.notifier, heartbeats: running.heartbeats, store: store,
                announcer: announcer)
            group.addTask { await parts.run(.watchdog) { await feeder.run() } }
        }
        if let control = running.control {
            group.addTask { await parts.run(.control) { await control.run() } }
        }
        for status in running.status {
            group.addTask { await parts.run(.status) { await status.run() } }
        }
    }

    /// A reload for each SIGHUP, those that come during one taken together; returns at SIGTERM or SIGINT.
    private func handle(
        _ signals: UnixSignalsSequence, reloading reloader: Reloader, _ parts: RunningParts
    ) async {
        let (requests, reloads) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            group.addTask {
                await parts.run(.reloads) {
                    for await _ in requests { _ = await reloader.reload() }
                }
            }
            for await signal in signals {
                guard signal == .sighup else {
                    parts.requestStop()
                    break
                }
                reloads.yield()
            }
            reloads.finish()
        }
    }

    private func loadConfig(_ announcer: Announcer) throws -> LoadedConfig {
        do {
            let loaded = try ConfigLoader.host(environment: environment, purpose: .service).load(configPath)
            for finding in loaded.findings {
                announcer.write(JournalEntry(finding.line(file: configPath), priority: .warning))
            }
            return loaded
        } catch {
            throw DaemonError.config(error)
        }
    }

    private func openStore(
        _ path: String, _ announcer: Announcer, _ notifier: SystemdNotifier
    ) throws -> EventStore {
        do {
            return try EventStore(path: path, at: clock.now().wall) { step in
                // Copying and migrating a large history takes longer than a start may.
                notifier.extendTimeout(by: .seconds(600))
                if let notice = step.notice(of: path) { announcer.write(JournalEntry(notice, priority: .notice)) }
            }
        } catch let error as StoreError {
            throw DaemonError.store(error.confirmed)
        }
    }

    private func close(
        _ store: StoreQueue, isAlone: Bool, announcer: Announcer, exit: StopLimit, status: Int32
    ) async {
        let now = clock.now().wall
        do {
            try await store.perform { store in
                // A file that was replaced takes no note, and is closed in order all the same.
                let note = Result { if isAlone { try store.noteStop(at: now) } }
                if case .success = note { exit.allIsCommitted(status) }
                try store.close()
                try note.get()
            }
        } catch {
            announcer.storageFails(error)
        }
        announcer.write(JournalEntry("polarai-daemon stopped.", priority: .info))
    }
}
