import Foundation
import Model
import TestSupport
import Testing

/// A host that is no ECS instance: looking for one must not hold anything up.
struct OffECSTests {
    private func readyTime(_ credentials: String) async throws -> Duration {
        let daemon = try WatchingDaemon(
            """
            "api": {"region": "cn-beijing", "endpoint": "http://127.0.0.1:9", "credentials": \(credentials)},
            "clusters": ["pm-1", "pm-2"]}
            """)
        let start = ContinuousClock.now
        try await daemon.awaitReady()
        let time = ContinuousClock.now - start
        // It polls, fails, and says what it lacks.
        let line = try await daemon.program.awaitLine(onErrors: true, within: .seconds(20)) {
            $0.contains("No good answer for pm-1")
        }
        #expect(line.contains("credentials"), "\(line)")
        #expect(try await daemon.program.stop(within: .seconds(5)) == .exit(0))
        return time
    }

    @Test func `ready at once where a metadata service takes connections and says nothing`() async throws {
        let mute = try LoopbackServer { $0.waitForEnd() }
        defer { mute.stop() }
        let time = try await readyTime(#"{"type": "ecs_ram_role", "metadata_endpoint": "\#(mute.url)"}"#)
        #expect(time < .seconds(2), "\(time)")
    }

    @Test func `ready at once where nothing gives credentials`() async throws {
        let time = try await readyTime(#"{"type": "default"}"#)
        #expect(time < .seconds(2), "\(time)")
    }
}
