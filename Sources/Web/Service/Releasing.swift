import ServiceLifecycle

/// Lets the database go once another file has taken its place, also while nobody asks for a page.
struct Releasing: Service {
    let archives: [Archive]

    private static let interval = Duration.seconds(1)

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: Self.interval)
                for archive in archives { await archive.letGoOfReplaced() }
            }
        }
    }
}
