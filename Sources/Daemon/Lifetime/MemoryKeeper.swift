import Model
import Store

/// Gives back what the start, the first round of polls or a burst needed and the time after it does not.
struct MemoryKeeper: Sendable {
    let store: StoreQueue

    /// The work of a start dies down within seconds; later on it costs a few milliseconds a time, one ten-thousandth of a
    /// processor.
    private static let firstWait = Duration.seconds(2)
    private static let longestWait = Duration.seconds(60)

    /// Goes on until the task is cancelled.
    func run() async {
        var wait = Self.firstWait
        while (try? await Task.sleep(for: wait)) != nil {
            try? await store.perform { $0.releaseMemory() }
            MemoryTuning.returnUnused()
            wait = min(wait * 2, Self.longestWait)
        }
    }
}
