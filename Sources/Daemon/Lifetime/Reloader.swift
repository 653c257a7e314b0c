package import Config
import Model
import Store
import Systemd

/// What became of a request to reload.
package enum ReloadVerdict: Hashable, Sendable {
    /// The new config is in force. Warnings and notes go with it.
    case taken([String])
    /// Nothing changed. Every mistake, one a line.
    case refused([String])
}

/// Goes over to the config as it is on disk now, or leaves everything as it is. One reload at a time.
package actor Reloader {
    private let configPath: String
    private let parts: SharedParts
    private let pollLoop: PollLoop
    private let deliveryLoop: DeliveryLoop
    private let holdingLoop: HoldingLoop
    private let store: StoreQueue
    private let notifier: SystemdNotifier
    /// The config in force.
    package private(set) var settings: Settings
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(
        configPath: String, settings: Settings, parts: SharedParts, pollLoop: PollLoop, deliveryLoop: DeliveryLoop,
        holdingLoop: HoldingLoop, store: StoreQueue, notifier: SystemdNotifier
    ) {
        self.configPath = configPath
        self.settings = settings
        self.parts = parts
        self.pollLoop = pollLoop
        self.deliveryLoop = deliveryLoop
        self.holdingLoop = holdingLoop
        self.store = store
        self.notifier = notifier
    }

    package func reload() async -> ReloadVerdict {
        await takeTurn()
        defer { passTurn() }
        notifier.reloading()
        let verdict = await load()
        if case .refused(let mistakes) = verdict { parts.announcer.configRefused(mistakes) }
        notifier.ready(status: parts.announcer.statusText)
        return verdict
    }

    private func load() async -> ReloadVerdict {
        let loaded: LoadedConfig
        do {
            loaded = try ConfigLoader.host(environment: parts.environment, purpose: .service).load(configPath)
        } catch {
            return .refused(error.mistakes.map { $0.line(file: configPath) })
        }
        if loaded.settings.storage.path != settings.storage.path {
            return .refused([
                "\(configPath): storage.path: the database cannot change while the daemon runs; "
                    + "put it back to \(settings.storage.path), or restart the daemon"
            ])
        }
        do {
            let plans = try Plans(loaded.settings, parts: parts)
            parts.announcer.useJournalTargets(plans.journalTargets)
            // The routes first: no alert may be made for a target that is about to be taken away.
            try await pollLoop.reload(plans.poll)
            try await deliveryLoop.reload(plans.delivery)
            holdingLoop.reload(plans.holding)
            let now = parts.clock.now().wall
            _ = try await store.perform { try $0.noteReload(configLoadedAt: now) }
        } catch {
            return .refused(["\(configPath): the config is good but could not be put in force: \(error)"])
        }
        settings = loaded.settings
        parts.announcer.configTaken()
        return .taken(loaded.findings.map { $0.line(file: configPath) })
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
