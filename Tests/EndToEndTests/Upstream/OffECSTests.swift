import Foundation
import Model
import TestSupport
import Testing

/// A host that is not an ECS instance: looking for one must not hold anything up.
struct OffECSTests {
    private func start(_ credentials: String) async throws {
        let daemon = try WatchingDaemon(
            """
            "api": {"region": "cn-beijing", "endpoint": "http://127.0.0.1:9", "credentials": \(credentials)},
            "clusters": ["pm-1", "pm-2"]}
            """)
        try await daemon.awaitReady()
        // It polls, fails, and says what it lacks.
        let line = try await daemon.program.awaitLine(onErrors: true, within: .seconds(20)) {
            $0.contains("Polling pm-1 is failing")
        }
        #expect(line.contains("credentials"), "\(line)")
        // Ready came first: had the start waited for credentials, it would have waited for their failure.
        let log = daemon.log
        let ready = try #require(log.firstIndex { $0.contains("is ready") })
        #expect(ready < log.firstIndex(of: line) ?? 0, "\(log)")
        #expect(try await daemon.program.stop(within: .seconds(5)) == .exit(0))
    }

    @Test func `ready at once where a metadata service takes connections and says nothing`() async throws {
        let mute = try LoopbackServer { $0.waitForEnd() }
        defer { mute.stop() }
        try await start(#"{"type": "ecs_ram_role", "metadata_endpoint": "\#(mute.url)"}"#)
    }

    @Test func `ready at once where nothing gives credentials`() async throws {
        try await start(#"{"type": "default"}"#)
    }
}
