import Model
import Store

/// Keeps the numbers of alerts in STATUS right: other hosts make and send alerts, too.
struct AlertCountWatch: Sendable {
    let part: SharedPart
    let store: StoreQueue
    let announcer: Announcer

    private static let pause = Duration.seconds(10)

    /// Runs until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.pause)
            guard !Task.isCancelled, part.membership.view.trouble == nil else { continue }
            guard let counts = try? await store.perform({ try $0.alertCounts() }) else { continue }
            announcer.alertsWaiting(counts.pending, dead: counts.dead)
        }
    }
}
