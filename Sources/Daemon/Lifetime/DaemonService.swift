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
    private let configPath: String
    private let environment: HostEnvironment
    private let clock = SystemClock()

    /// SIGTERM ends the process within 5 s (contract of the unit); a disk that hangs may not hold it longer.
    private static let stopLimit = DispatchTimeInterval.milliseconds(4500)
    private static let heartbeat = Duration.seconds(5)

    package init(configPath: String, environment: HostEnvironment) {
        self.configPath = configPath
        self.environment = environment
    }

    /// Runs until SIGTERM or SIGINT.
    ///
    /// - Throws: `DaemonError` where it could not start.
    package func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        // From here on, so that a signal during the start is not lost.
        let signals = await UnixSignalsSequence(trapping: .sighup, .sigterm, .sigint)
        let running = try await start()
        await serve(running, until: signals)
    }

    /// What runs once the start is over. What the start alone needed, the config's tree say, is gone by then.
    private struct Running: Sendable {
        let store: StoreQueue
        let announcer: Announcer
        let notifier: SystemdNotifier
        let heartbeats: Heartbeats
        let watchdog: WatchdogInterval?
        let pollLoop: PollLoop
        let deliveryLoop: DeliveryLoop
        let holdingLoop: HoldingLoop
        let reloader: Reloader
        let control: ControlServer?
    }

    private func start() async throws -> Running {
        let variables = environment.variables
        let notifier = SystemdNotifier(environment: variables)
        let output = LogOutput.standard(identifier: "polarai-daemon", environment: variables)
        let announcer = Announcer(output: output, notifier: notifier)

        let loaded = try loadConfig(announcer)
        let startedAt = clock.now().wall
        let store = StoreQueue(try openStore(loaded.settings.storage.path, notifier: notifier))
        if let installation = store.store.newInstallation {
            announcer.write(JournalEntry("\(installation)", priority: .notice))
        }
        let parts = SharedParts(
            environment: environment, clock: clock, apiShared: APIShared(), announcer: announcer,
            apiHTTP: CurlClient(userAgent: ProgramVersion.userAgent),
            alertHTTP: CurlClient(userAgent: ProgramVersion.userAgent))
        let plans = try Plans(loaded.settings, parts: parts)
        announcer.useJournalTargets(plans.journalTargets)

        let watchdog = WatchdogInterval(environment: variables, pid: getpid())
        let heartbeats = Heartbeats(
            interval: watchdog.map { min($0.beat / 2, Self.heartbeat) } ?? Self.heartbeat, clock: clock)
        let holdingLoop = HoldingLoop(plan: plans.holding, store: store, announcer: announcer, clock: clock)
        let (pollLoop, deliveryLoop) = try await loops(
            plans, store: store, parts: parts, heartbeats: heartbeats, holdingLoop: holdingLoop, startedAt: startedAt)
        let reloader = Reloader(
            configPath: configPath, settings: loaded.settings, parts: parts, pollLoop: pollLoop,
            deliveryLoop: deliveryLoop, holdingLoop: holdingLoop, store: store, notifier: notifier)
        let control = openControl(
            DaemonDesk(
                store: store, pollLoop: pollLoop, deliveryLoop: deliveryLoop, reloader: reloader, clock: clock),
            announcer: announcer)
        return Running(
            store: store, announcer: announcer, notifier: notifier, heartbeats: heartbeats, watchdog: watchdog,
            pollLoop: pollLoop, deliveryLoop: deliveryLoop, holdingLoop: holdingLoop, reloader: reloader,
            control: control)
    }

    private func serve(_ running: Running, until signals: UnixSignalsSequence) async {
        let (store, announcer, notifier) = (running.store, running.announcer, running.notifier)
        notifier.ready(status: announcer.statusText)
        announcer.write(
            JournalEntry(
                "polarai-daemon \(ProgramVersion.current) is ready: \(announcer.statusText).", priority: .info))
        MemoryTuning.returnUnused()

        async let polling: Void = running.pollLoop.run()
        async let delivering: Void = running.deliveryLoop.run()
        async let holding: Void = running.holdingLoop.run()
        await withDiscardingTaskGroup { group in
            group.addTask {
                await Housekeeper(store: store, clock: clock, announcer: announcer)
                    .run {
                        let settings = await running.reloader.settings
                        return Housekeeper.Rules(
                            keep: settings.storage.keep, targets: Set(settings.targets.map(\.name)))
                    }
            }
            group.addTask { await MemoryKeeper(store: store).run() }
            if let watchdog = running.watchdog {
                let feeder = WatchdogFeeder(
                    interval: watchdog, notifier: notifier, heartbeats: running.heartbeats, store: store)
                group.addTask { await feeder.run() }
            }
            if let control = running.control { group.addTask { await control.run() } }
            let reloads = group.addReloads(by: running.reloader)
            for await signal in signals {
                if signal == .sighup {
                    reloads.yield()
                } else {
                    break
                }
            }
            notifier.stopping(status: "stopping")
            Self.enforceStopLimit()
            reloads.finish()
            group.cancelAll()
        }
        running.pollLoop.stop()
        running.deliveryLoop.stop()
        running.holdingLoop.stop()
        _ = await (polling, delivering, holding)
        await close(store, announcer: announcer)
        _ = notifier.flush()
    }

    /// Without its socket the daemon does its work all the same; nil then.
    private func openControl(_ desk: DaemonDesk, announcer: Announcer) -> ControlServer? {
        do {
            return try ControlServer(path: ControlSocket.path(environment: environment.variables), requests: desk)
        } catch {
            announcer.write(
                JournalEntry(
                    "No control socket, so `polarai-daemon reload` cannot reach this daemon (SIGHUP can): \(error)",
                    priority: .notice))
            return nil
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

    private func openStore(_ path: String, notifier: SystemdNotifier) throws -> EventStore {
        do {
            return try EventStore(path: path, at: clock.now().wall) { _ in
                // Copying and migrating a large history takes longer than a start may.
                notifier.extendTimeout(by: .seconds(600))
            }
        } catch let error as StoreError {
            throw DaemonError.store(error)
        }
    }

    private func loops(
        _ plans: Plans, store: StoreQueue, parts: SharedParts, heartbeats: Heartbeats, holdingLoop: HoldingLoop,
        startedAt: Timestamp
    ) async throws -> (PollLoop, DeliveryLoop) {
        let announcer = parts.announcer
        let now = clock.now()
        let settings = plans.poll.settings
        let targets = plans.delivery.targets
        let names = Set(targets.map(\.name))
        let stored: StoredState
        do {
            stored = try await store.perform { store in
                try store.takeOver(
                    settings, targets: names, pid: getpid(), startedAt: startedAt, at: now.wall)
            }
        } catch let error as StoreError {
            throw DaemonError.store(error)
        }
        let monitor = TaskMonitor(
            settings, restored: stored.watch.clusters, progress: stored.watch.progress,
            failingScopes: stored.watch.failingScopes, at: now)
        announcer.show(monitor.overview)
        announcer.alertsWaiting(stored.alerts.pending, dead: stored.alerts.dead)
        let deliveryLoop = DeliveryLoop(
            outbox: Outbox(plans: targets, records: stored.targets, at: now.wall), plan: plans.delivery, store: store,
            announcer: announcer, heartbeats: heartbeats, clock: clock, ended: { holdingLoop.note($0) })
        let pollLoop = PollLoop(
            on: parts.apiHTTP, monitor: monitor, plan: plans.poll, store: store, announcer: announcer,
            heartbeats: heartbeats, clock: clock, clockOffset: parts.apiShared.clockOffset,
            wakeDelivery: { deliveryLoop.wake($0) })
        return (pollLoop, deliveryLoop)
    }

    private func close(_ store: StoreQueue, announcer: Announcer) async {
        let now = clock.now().wall
        do {
            try await store.perform { store in
                try store.noteStop(at: now)
                try store.close()
            }
        } catch {
            announcer.storageFails(error)
        }
        announcer.write(JournalEntry("polarai-daemon stopped.", priority: .info))
    }

    private static func enforceStopLimit() {
        DispatchQueue.global().asyncAfter(deadline: .now() + stopLimit) {
            // What is committed is safe, and what is not will be polled or sent again.
            _exit(EXIT_FAILURE)
        }
    }
}

extension DiscardingTaskGroup {
    /// A reload for each yield; those that come during one are taken together.
    fileprivate mutating func addReloads(by reloader: Reloader) -> AsyncStream<Void>.Continuation {
        let (requests, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        addTask {
            for await _ in requests { _ = await reloader.reload() }
        }
        return continuation
    }
}
