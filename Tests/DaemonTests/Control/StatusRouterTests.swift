import Daemon
import Foundation
import HTTPTransport
import Model
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct StatusRouterTests {
    /// Runs `body` beside a status socket whose metrics take `delay`.
    private func withSocket(
        delay: Duration = .zero, made: CountBox, _ body: @Sendable (String, CurlClient) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("status.sock")
        let server = try StatusRouter.server(
            path: path, status: { throw ControlReply(503, .object(["error": .string("no database")])) },
            metrics: {
                made.count.withLock { $0 += 1 }
                try await Task.sleep(for: delay)
                return .object(["version": .integer(1)])
            }, instances: { .object(["failing": .array([])]) })
        let http = CurlClient(userAgent: "test")
        defer { http.shutdown() }
        let running = Task { await server.run() }
        try await body(path, http)
        running.cancel()
        await running.value
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `it answers GET only, to owner and group`() async throws {
        let made = CountBox()
        try await withSocket(made: made) { path, http in
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o660)
            let client = ControlClient(path: path, http: http)
            let metrics = try await client.send(.get, "/v1/metrics")
            #expect(metrics.status == 200 && metrics.body["version"] == .integer(1))
            #expect(try await client.send(.get, "/v1/instances").body["failing"] == .array([]))
            let status = try await client.send(.get, "/v1/status")
            #expect(status.status == 503 && status.body["error"] == .string("no database"))
            for target in ["/v1/status", "/v1/metrics", "/v1/reload", "/v1/alerts/retry", "/v1/poll"] {
                #expect(try await client.send(.post, target, .object([:])).status == 405)
            }
            #expect(try await client.send(.get, "/v1/reload").status == 404)
        }
    }

    @Test func `those who ask at the same time share one answer`() async throws {
        let made = CountBox()
        try await withSocket(delay: .milliseconds(300), made: made) { path, http in
            let client = ControlClient(path: path, http: http)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 { group.addTask { try await client.send(.get, "/v1/metrics").status } }
                for try await status in group { #expect(status == 200) }
            }
        }
        #expect(made.count.withLock { $0 } < 10)
    }
}

private final class CountBox: Sendable {
    let count = Mutex(0)
}
