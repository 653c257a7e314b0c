import CMemory
import Glibc
import ServiceLifecycle

/// Keeps the process small: what a large page needed for a moment is given back to the system.
package enum MemoryKeeping {
    /// To be called before there is a second thread: an arena for each would keep many small heaps half empty.
    package static func prepare() {
        _ = mallopt(M_ARENA_MAX, 1)
    }
}

/// Gives memory back once a minute.
struct Trimming: Service {
    private static let interval = Duration.seconds(60)

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: Self.interval)
                _ = malloc_trim(0)
            }
        }
    }
}
