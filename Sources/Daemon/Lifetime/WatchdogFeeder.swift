import Model
package import Systemd

/// Tells systemd that the service lives, but only while every loop and the database make progress.
///
/// A slow API or a dead webhook stops no loop, so neither stops the feeding; a blocked loop or disk does.
package struct WatchdogFeeder: Sendable {
    private let interval: WatchdogInterval
    private let notifier: SystemdNotifier
    private let heartbeats: Heartbeats
    private let store: StoreQueue

    package init(
        interval: WatchdogInterval, notifier: SystemdNotifier, heartbeats: Heartbeats, store: StoreQueue
    ) {
        self.interval = interval
        self.notifier = notifier
        self.heartbeats = heartbeats
        self.store = store
    }

    /// Goes on until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                group.addTask { [store, heartbeats] in
                    // An empty turn on the database's own thread: it comes when nothing before it hangs.
                    try? await store.perform { _ in heartbeats.beat(.store) }
                }
                if heartbeats.silent(for: interval.timeout / 2).isEmpty { notifier.watchdog() }
                try? await Task.sleep(for: interval.beat)
            }
            group.cancelAll()
        }
    }
}
