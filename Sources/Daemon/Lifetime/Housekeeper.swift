import Model
import Store

/// Deletes what the config no longer keeps, a little at a time.
struct Housekeeper: Sendable {
    private let store: StoreQueue
    private let clock: SystemClock
    private let announcer: Announcer

    private static let interval = Duration.seconds(3600)
    /// Between two batches, so that polls and deliveries get at the database in between.
    private static let betweenBatches = Duration.milliseconds(50)

    init(store: StoreQueue, clock: SystemClock, announcer: Announcer) {
        self.store = store
        self.clock = clock
        self.announcer = announcer
    }

    /// Goes on until the task is cancelled.
    func run(keep: @Sendable () async -> Duration?) async {
        while !Task.isCancelled {
            let keep = await keep()
            let now = clock.now().wall
            do {
                while try await store.perform({ try $0.prune(keep: keep, at: now) }) {
                    try await Task.sleep(for: Self.betweenBatches)
                }
            } catch is CancellationError {
                return
            } catch {
                announcer.storageFails(error)
            }
            try? await Task.sleep(for: Self.interval)
        }
    }
}
