import Model
package import Systemd

/// Reports to systemd that the service lives, but only while every loop and the database make progress.
///
/// A slow API or a dead webhook stops no loop, so neither stops the reports; a blocked loop or disk does.
package struct WatchdogFeeder: Sendable {
    private let interval: WatchdogInterval
    private let notifier: SystemdNotifier
    private let heartbeats: Heartbeats
    private let store: any StoreAccess
    private let announcer: Announcer

    package init(
        interval: WatchdogInterval, notifier: SystemdNotifier, heartbeats: Heartbeats, store: any StoreAccess,
        announcer: Announcer
    ) {
        self.interval = interval
        self.notifier = notifier
        self.heartbeats = heartbeats
        self.store = store
        self.announcer = announcer
    }

    /// Runs until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            var silent: [Heartbeats.Source] = []
            while !Task.isCancelled {
                group.addTask { [store, heartbeats] in
                    // An empty turn on the database's own thread: it comes when nothing before it hangs.
                    try? await store.perform { _ in heartbeats.beat(.store) }
                }
                silent = feed(silentBefore: silent)
                try? await Task.sleep(for: interval.beat)
            }
            group.cancelAll()
        }
    }

    /// - Returns: the loops that make no progress.
    private func feed(silentBefore: [Heartbeats.Source]) -> [Heartbeats.Source] {
        let limit = interval.timeout / 2
        let silent = heartbeats.silent(for: limit)
        guard !silent.isEmpty else {
            notifier.watchdog()
            return []
        }
        if silent != silentBefore {
            announcer.write(
                JournalEntry(
                    "No progress for \(DurationText.write(limit)) in: \(silent.map(\.rawValue).joined(separator: ", ")). "
                        + "If this lasts, systemd restarts the service.", priority: .error))
        }
        return silent
    }
}
