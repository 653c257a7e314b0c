package import Config
import Model
import Store
import Systemd

/// The result of a request to reload.
package enum ReloadVerdict: Hashable, Sendable {
    /// The new config is in force. Warnings and notes go with it.
    case taken([String])
    /// Nothing changed. Every mistake, one a line.
    case refused([String])
}

/// Switches to the config as it is on disk now, or leaves everything as it is. One reload at a time.
///
/// In two phases: first everything that can fail (the files, then one transaction on the database), then the switch of
/// the loops, which cannot.
package actor Reloader {
    package nonisolated let configPath: String
    private let parts: SharedParts
    let pollLoop: PollLoop
    let deliveryLoop: DeliveryLoop
    let firingLoop: FiringLoop
    let pings: HeartbeatService?
    /// What this host does of the config; nil: all of it.
    let sharing: SharedPart?
    private let notifier: SystemdNotifier
    private let readLimit: Duration
    /// The parts of the config in force that others ask for.
    package private(set) var settings: Settings
    /// When the last reload was taken; nil if there was none.
    private(set) var configLoadedAt: Timestamp?
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// A reading of the config that did not end in time has a thread until it does: there is one of them at most.
    private let reading = ReadingGate()

    /// - Parameter readLimit: how long the config, and the files it names, may take to read.
    init(
        configPath: String, settings: Settings, parts: SharedParts, pollLoop: PollLoop, deliveryLoop: DeliveryLoop,
        firingLoop: FiringLoop, pings: HeartbeatService? = nil, sharing: SharedPart? = nil, notifier: SystemdNotifier,
        readLimit: Duration = .seconds(20)
    ) {
        self.configPath = configPath
        self.settings = settings
        self.parts = parts
        self.pollLoop = pollLoop
        self.deliveryLoop = deliveryLoop
        self.firingLoop = firingLoop
        self.pings = pings
        self.sharing = sharing
        self.notifier = notifier
        self.readLimit = readLimit
    }

    package func reload() async -> ReloadVerdict {
        await takeTurn()
        defer { passTurn() }
        notifier.reloading()
        let verdict = await apply()
        switch verdict {
        case .refused(let mistakes): parts.announcer.configRefused(mistakes)
        case .taken: parts.announcer.configTaken()
        }
        notifier.ready(status: parts.announcer.statusText)
        return verdict
    }

    private func apply() async -> ReloadVerdict {
        switch await read() {
        case nil where Task.isCancelled:
            return .refused(["\(configPath): the daemon is stopping"])
        case nil:
            return .refused([
                "\(configPath): reading the config takes longer than \(DurationText.write(readLimit)); check whether "
                    + "the config, or a file that it names, is a named pipe or on a network mount that does not answer"
            ])
        case .refused(let mistakes): return .refused(mistakes)
        case .good(let loaded, let plans): return await put(loaded, plans)
        }
    }

    private func put(_ loaded: LoadedConfig, _ whole: Plans) async -> ReloadVerdict {
        let now = parts.clock.now().wall
        let plans = sharing?.part(of: whole) ?? whole
        let records: [TargetRecord]
        do {
            // The routes change with this call: no alert may be made for a target that is about to be taken away.
            records = try await pollLoop.reload(plans.poll) { [isAlone = sharing == nil] store in
                if isAlone { try store.noteReload(configLoadedAt: now) }
                return try store.loadTargets()
            }
        } catch StoreError.unavailable where sharing != nil {
            // Nothing is done without the database; what is held is begun anew, by the new config, once it answers.
            await sharing?.dropAll(pollLoop, deliveryLoop)
            records = []
        } catch {
            return .refused([
                "\(configPath): the config is valid but could not be applied, so the previous one stays in force: \(error)"
            ])
        }
        let current = sharing?.part(of: whole) ?? plans
        deliveryLoop.reload(current.delivery, records: records)
        firingLoop.reload(current.firing)
        pings?.reload(sharing?.heartbeats(of: whole) ?? loaded.settings.heartbeats)
        settings = loaded.settings
        configLoadedAt = now
        sharing?.adopt(whole)
        return .taken(loaded.findings.map { $0.line(file: configPath) })
    }

    /// - Returns: nil if it took too long.
    private func read() async -> NewConfig? {
        guard reading.enter() else { return nil }
        let database = settings.storage.place
        return await BlockingWork.run(within: readLimit) { [configPath, parts, reading] in
            defer { reading.leave() }
            return NewConfig.read(configPath, parts: parts, database: database)
        }
    }

    /// Switches to what this host holds now.
    ///
    /// - Parameter change: nobody else switches meanwhile.
    func switching<Value: Sendable>(_ change: @Sendable () async throws -> Value) async rethrows -> Value {
        await takeTurn()
        defer { passTurn() }
        return try await change()
    }

    private func takeTurn() async {
        if isBusy {
            await withCheckedContinuation { waiting.append($0) }
        }
        isBusy = true
    }

    private func passTurn() {
        if waiting.isEmpty { isBusy = false } else { waiting.removeFirst().resume() }
    }
}
