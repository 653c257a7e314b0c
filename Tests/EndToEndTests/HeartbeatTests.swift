import Foundation
import Model
import Synchronization
import TestSupport
import Testing

/// Heartbeats of a real daemon: they come while it does its work, and stop when it cannot.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct HeartbeatTests {
    private static let cluster = "pm-2ze9beat000001"

    private static func config(_ simulator: Simulator, _ monitor: CheckService) -> DaemonConfig {
        var config = DaemonConfig(simulator, clusters: [cluster])
        config.timeout = "2s"
        config.more = """
            "heartbeats": [
              {"url": "\(monitor.url)/plain", "every": "1s"},
              {"url": "\(monitor.url)/push?status=down&msg=", "every": "1s", "type": "push"},
              {"url": "\(monitor.url)/check/uuid?create=1", "every": "1s", "type": "healthchecks"}
            ],
            """
        return config
    }

    @Test func `they come while all is well, stop when the API says nothing, and come again`() async throws {
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(Self.cluster))]}"#)
        let monitor = try CheckService()
        let site = try Site(Self.config(simulator, monitor))
        let daemon = try await site.start()
        try await eventually("heartbeats of each type", within: .seconds(120)) {
            ["/plain", "/push", "/check/uuid"].allSatisfy { monitor.requests(to: $0).count >= 3 }
        }
        #expect(monitor.requests(to: "/plain").allSatisfy { $0.method == "GET" && $0.query.isEmpty })
        let push = try #require(monitor.requests(to: "/push").last)
        #expect(push.method == "GET" && push.query.hasPrefix("status=up&msg=OK&ping="))
        let check = try #require(monitor.requests(to: "/check/uuid").last)
        #expect(check.method == "POST" && check.query == "create=1")
        #expect(monitor.requests(to: "/check/uuid/fail").isEmpty)

        _ = try await simulator.addFault(#"{"kind": "mute"}"#)
        try await eventually("the failure", within: .seconds(120)) {
            !monitor.requests(to: "/check/uuid/fail").isEmpty
        }
        let fail = try #require(monitor.requests(to: "/check/uuid/fail").first)
        #expect(fail.method == "POST" && fail.query == "create=1")
        #expect(String(decoding: fail.body, as: UTF8.self).contains("no account gets valid answers"))
        let counts = monitor.counts
        try await Task.sleep(for: .seconds(4))
        for path in ["/plain", "/push", "/check/uuid"] {
            // Each finds out by itself: one more may have been on its way.
            #expect(monitor.requests(to: path).count <= (counts[path] ?? 0) + 1)
        }
        #expect(monitor.requests(to: "/check/uuid/fail").count == 1)
        #expect(daemon.log.contains { $0.contains("is paused: ") })

        try await simulator.removeFaults()
        let silent = monitor.counts
        try await eventually("heartbeats again", within: .seconds(60)) {
            ["/plain", "/push", "/check/uuid"].allSatisfy { monitor.requests(to: $0).count > (silent[$0] ?? 0) + 1 }
        }
        try await daemon.stop()
    }

    @Test func `a service that hangs or refuses delays nothing, and is logged once`() async throws {
        let simulator = try await Simulator(
            scenario: #"{"tasks": [\#(Simulator.training(Self.cluster))], "hooks": [{"name": "ops"}]}"#)
        let monitor = try CheckService()
        let hanging = try LoopbackServer { $0.waitForEnd() }
        defer { hanging.stop() }
        var config = DaemonConfig(simulator, clusters: [Self.cluster])
        config.targets = #"{"ops": \#(simulator.target("ops"))}"#
        config.more = """
            "heartbeats": [
              {"url": "\(hanging.url)/secret-token", "every": "1s"}, {"url": "\(monitor.url)/404/secret-token", "every": "500ms"},
              {"url": "\(monitor.url)/plain", "every": "500ms"}
            ],
            """
        let site = try Site(config)
        let daemon = try await site.start()
        try await eventually("heartbeats", within: .seconds(120)) {
            monitor.requests(to: "/plain").count >= 3 && monitor.requests(to: "/404/secret-token").count >= 3
                && hanging.connectionCount >= 2
        }
        try await simulator.setTask(Self.cluster, status: "FAILED")
        try await site.awaitHistory("a delivered failure", within: .seconds(60)) {
            $0.last?.event == "failed" && $0.last?.isDelivered == true
        }
        #expect(daemon.log.filter { $0.contains("Heartbeat heartbeats[0] could not be sent") }.count == 1)
        #expect(daemon.log.filter { $0.contains("Heartbeat heartbeats[1] could not be sent") }.count == 1)
        #expect(!daemon.log.contains { $0.contains("secret-token") })
        let (ending, took) = try await daemon.stop()
        #expect(ending == .exit(0) && took < .seconds(15))
    }

    @Test func `a reload begins and ends them`() async throws {
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(Self.cluster))]}"#)
        let monitor = try CheckService()
        var config = DaemonConfig(simulator, clusters: [Self.cluster])
        let site = try Site(config)
        let daemon = try await site.start()
        config.more = #""heartbeats": [{"url": "\#(monitor.url)/late", "every": "500ms"}],"#
        try site.configure(config)
        #expect(try await site.run("reload").exitCode == 0)
        try await eventually("a heartbeat", within: .seconds(120)) { !monitor.requests(to: "/late").isEmpty }
        config.more = #""heartbeats": [],"#
        try site.configure(config)
        #expect(try await site.run("reload").exitCode == 0)
        let count = monitor.requests(to: "/late").count
        try await simulator.awaitCalls(10, of: [Self.cluster])
        #expect(monitor.requests(to: "/late").count <= count + 1)
        try await daemon.stop()
    }
}

/// What watches over heartbeats, as far as a daemon sees it: takes every request and keeps it. Paths with 404 are not
/// known.
private final class CheckService: Sendable {
    private let received: ReceivedRequests
    private let server: LoopbackServer

    init() throws {
        let received = ReceivedRequests()
        self.received = received
        server = try LoopbackServer { connection in
            while let request = connection.readRequest() {
                received.add(request)
                connection.respond(request.path.contains("404") ? 404 : 200, text: "OK")
            }
        }
    }

    deinit { server.stop() }

    var url: String { server.url }

    func requests(to path: String) -> [ReceivedRequest] { received.all.filter { $0.path == path } }

    var counts: [String: Int] { Dictionary(grouping: received.all, by: \.path).mapValues(\.count) }
}

private final class ReceivedRequests: Sendable {
    private let requests = Mutex<[ReceivedRequest]>([])

    var all: [ReceivedRequest] { requests.withLock { $0 } }

    func add(_ request: ReceivedRequest) { requests.withLock { $0.append(request) } }
}
