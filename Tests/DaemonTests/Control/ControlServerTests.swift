import Daemon
import Foundation
import HTTPTransport
import Model
import Store
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ControlServerTests {
    @Test func `status is answered as JSON, and curl understands it`() async throws {
        try await withControlServer { path in
            let answer = try await askControl(path, "GET", "/v1/status")
            #expect(answer.status == 200)
            #expect(answer.head.contains("Content-Type: application/json"))
            #expect(answer.body["name"] == .string("nightly \"1\""))

            let curl = Process()
            curl.executableURL = URL(filePath: "/usr/bin/env")
            curl.arguments = ["curl", "-sf", "-X", "POST", "--unix-socket", path, "http://localhost/v1/reload"]
            let output = Pipe()
            curl.standardOutput = output
            let status = try await withCheckedThrowingContinuation { continuation in
                curl.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
                do { try curl.run() } catch { continuation.resume(throwing: error) }
            }
            #expect(status == 0)
            let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            #expect(text == "{\"notes\":[],\"reloaded\":true}\n")
        }
    }

    @Test func `a reload of another config than the daemon's own is refused`() async throws {
        try await withControlServer { path in
            let other = try await askControl(path, "POST", "/v1/reload", #"{"config": "/etc/passwd"}"#)
            #expect(other.status == 409)
            let error = other.body["error"]?.stringValue ?? ""
            #expect(
                error.contains("/etc/hostname") && error.contains("/etc/passwd")
                    && error.contains("nothing was reloaded"))
            // The same file by another path.
            #expect(
                try await askControl(path, "POST", "/v1/reload", #"{"config": "/etc/../etc/hostname"}"#).status == 200)
            #expect(try await askControl(path, "POST", "/v1/reload", #"{"config": null}"#).status == 200)
            #expect(try await askControl(path, "POST", "/v1/reload", #"{"config": 1}"#).status == 400)
            #expect(try await askControl(path, "POST", "/v1/reload", #"{"file": "/x"}"#).status == 400)
        }
    }

    @Test func `a refused reload says every mistake`() async throws {
        try await withControlServer(RecordingDesk(verdict: .refused(["config.json: one", "config.json: two"]))) {
            path in
            let answer = try await askControl(path, "POST", "/v1/reload")
            #expect(answer.status == 422)
            #expect(answer.body["reloaded"] == .bool(false))
            #expect(answer.body["mistakes"] == .array([.string("config.json: one"), .string("config.json: two")]))
        }
    }

    @Test func `a poll now is taken for what is watched`() async throws {
        try await withControlServer { path in
            let answer = try await askControl(path, "POST", "/v1/poll", #"{"cluster": "nightly"}"#)
            #expect(answer.status == 202)
            #expect(answer.body["cluster"] == .string("pm-1"))
            #expect(try await askControl(path, "POST", "/v1/poll", #"{"cluster": "other"}"#).status == 404)
        }
    }

    @Test func `alerts are retried and dropped as ordered`() async throws {
        let desk = RecordingDesk()
        try await withControlServer(desk) { path in
            let body = #"{"ids": ["k-1", "k-9"], "target": "chat", "since": "2026-11-24T08:00:00Z", "again": true}"#
            let answer = try await askControl(path, "POST", "/v1/alerts/retry", body)
            #expect(answer.status == 200)
            let changed: JSONValue = .array([
                .object(["id": .string("k-1"), "target": .string("chat"), "was": .string("dead")])
            ])
            #expect(answer.body["changed"] == changed)
            #expect(answer.body["changed_count"] == .integer(1))
            #expect(answer.body["unknown"] == .array([.string("k-9")]))
            #expect(try await askControl(path, "POST", "/v1/alerts/drop", #"{"ids": ["k-9"]}"#).status == 404)
            #expect(try await askControl(path, "POST", "/v1/alerts/drop", #"{"target": "broken"}"#).status == 500)
        }
        let time = Timestamp(rfc3339: "2026-11-24T08:00:00Z")
        #expect(
            desk.asked == [
                AlertOrder(ids: ["k-1", "k-9"], target: "chat", since: time, again: true), AlertOrder(ids: ["k-9"]),
            ])
    }

    @Test(arguments: [
        ("GET", "/", "", 404), ("GET", "/v1/reload", "", 405), ("POST", "/v1/status", "", 405),
        ("POST", "/v1/poll", "", 400), ("POST", "/v1/poll", "[]", 400), ("POST", "/v1/poll", "{}", 400),
        ("POST", "/v1/poll", #"{"cluster": 1}"#, 400), ("POST", "/v1/poll", #"{"clutser": "x"}"#, 400),
        ("POST", "/v1/targets/probe", "{}", 400),
        ("POST", "/v1/targets/probe", #"{"target": "nobody"}"#, 404), ("GET", "/v1/targets/probe", "", 405),
        ("POST", "/v1/alerts/retry", "{}", 400), ("POST", "/v1/alerts/retry", #"{"ids": []}"#, 400),
        ("POST", "/v1/alerts/retry", #"{"ids": [1]}"#, 400),
        ("POST", "/v1/alerts/drop", #"{"ids": ["a"], "again": true}"#, 400),
        ("POST", "/v1/alerts/retry", #"{"target": "x", "since": "yesterday"}"#, 400),
        ("POST", "/v1/alerts/retry", #"{"target": "x", "again": "yes"}"#, 400),
    ])
    func `a wrong request gets a sentence`(method: String, target: String, body: String, status: Int) async throws {
        try await withControlServer { path in
            let answer = try await askControl(path, method, target, body)
            #expect(answer.status == status)
            #expect((answer.body["error"]?.stringValue ?? "").count > 10)
            if status == 405 { #expect(answer.head.contains("Allow: ")) }
        }
    }

    @Test func `a repaired target is probed`() async throws {
        try await withControlServer { path in
            let answer = try await askControl(path, "POST", "/v1/targets/probe", #"{"target": "chat"}"#)
            #expect(answer.status == 202)
            #expect(answer.body["target"]?.stringValue == "chat")
        }
    }

    @Test func `owner and group may connect, and nobody else`() async throws {
        try await withControlServer { path in
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o660)
        }
    }

    @Test func `who says nothing is sent away, and others are served meanwhile`() async throws {
        var limits = ControlServer.Limits()
        limits.readTime = .milliseconds(300)
        try await withControlServer(limits: limits) { path in
            let silent = try RawControlClient(path)
            try silent.send("GET /v1/status HT")
            #expect(try await askControl(path, "GET", "/v1/status").status == 200)
            #expect(try await silent.answer().status == 408)
        }
    }

    @Test func `more at a time than allowed are reported so`() async throws {
        var limits = ControlServer.Limits()
        limits.connections = 2
        limits.readTime = .seconds(20)
        try await withControlServer(limits: limits) { path in
            let first = try RawControlClient(path)
            let second = try RawControlClient(path)
            #expect(try await RawControlClient(path).answer().status == 503)
            try first.send("GET /v1/status HTTP/1.1\r\n\r\n")
            #expect(try await first.answer().status == 200)
            try second.send("GET /v1/status HTTP/1.1\r\n\r\n")
            #expect(try await second.answer().status == 200)
        }
    }

    @Test func `a reply is not lost when the peer is still sending`() async throws {
        var limits = ControlServer.Limits()
        limits.connections = 1
        limits.readTime = .seconds(20)
        try await withControlServer(limits: limits) { path in
            // The end of the connection is an orderly one: reading to the end throws after a reset.
            let talker = try RawControlClient(path)
            try talker.send("GET /v1/status HTTP/1.1\r\nX-Long: \(String(repeating: "x", count: 60_000))")
            #expect(try await talker.answer().status == 431)

            let waiting = try RawControlClient(path)
            try waiting.send("GET ")
            let late = try RawControlClient(path)
            try late.send(
                "POST /v1/poll HTTP/1.1\r\nContent-Length: 5000\r\n\r\n\(String(repeating: "x", count: 5000))")
            #expect(try await late.answer().status == 503)
            try waiting.send("/v1/status HTTP/1.1\r\n\r\n")
            #expect(try await waiting.answer().status == 200)
        }
    }

    @Test func `what nobody waits for any more is not carried out`() async throws {
        let desk = RecordingDesk()
        try await withControlServer { path in
            let busy = (path as NSString).deletingLastPathComponent + "/busy.sock"
            // It takes connections, and does not read them yet.
            let server = try ControlServer(path: busy, requests: desk)
            let ids = #"{"ids": ["k-1"]}"#
            let silence = #"{"all": true, "until": "2099-11-24T08:00:00Z", "comment": "x", "by": "x"}"#
            for (target, body) in [("/v1/alerts/drop", ids), ("/v1/ack", ids), ("/v1/silences", silence)] {
                let gone = try RawControlClient(busy)
                try gone.ask("POST", target, body)
                try gone.hangUp()
            }
            let waiting = try RawControlClient(busy)
            try waiting.ask("POST", "/v1/alerts/drop", #"{"ids": ["k-2"]}"#)
            waiting.endSending()
            async let _: Void = server.run()
            #expect(try await waiting.answer().status == 200)
            #expect(try await askControl(busy, "POST", "/v1/alerts/drop", #"{"ids": ["k-3"]}"#).status == 200)
        }
        #expect(desk.asked == [AlertOrder(ids: ["k-2"]), AlertOrder(ids: ["k-3"])])
        #expect(desk.acks.withLock { $0.isEmpty })
        #expect(desk.silences.withLock { $0.isEmpty })
    }

    /// A daemon that is there, and from which nothing comes.
    private struct Mute: HTTPClient {
        let kind: TransportError.Kind

        func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
            throw TransportError(kind, "localhost did not answer within 30s")
        }
    }

    private static let unanswered: [(HTTPMethod, String, TransportError.Kind, String?)] = [
        (.post, "/v1/silences", .timeout, "silence list"), (.delete, "/v1/silences/7", .timeout, "silence list"),
        (.post, "/v1/ack", .reset, "polarai-daemon history"), (.post, "/v1/alerts/retry", .timeout, "alerts list"),
        (.post, "/v1/reload", .reset, "journalctl"), (.get, "/v1/status", .timeout, nil),
        (.post, "/v1/ack", .connect, nil),
    ]

    @Test(arguments: unanswered)
    func `a change that gets no answer says where to look before it is repeated`(
        method: HTTPMethod, target: String, kind: TransportError.Kind, place: String?
    ) async throws {
        try await withControlServer { path in
            let error = await #expect(throws: ControlClientError.self) {
                try await ControlClient(path: path, http: Mute(kind: kind)).send(method, target)
            }
            guard case .unreachable(let message)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(message.contains("may still be done") == (place != nil), "\(message)")
            if let place { #expect(message.contains(place), "\(message)") }
        }
    }

    @Test func `a socket that works shows signs of life, whether anybody asks or not`() async throws {
        let clock = SystemClock()
        let heartbeats = Heartbeats(interval: .milliseconds(10), clock: clock)
        try await withControlServer(heartbeats: heartbeats) { path in
            let started = clock.now().monotonic
            try await eventually("a sign of life after a while") {
                clock.now().monotonic.since(started) > .milliseconds(200)
                    && !heartbeats.silent(for: .milliseconds(100)).contains(.control)
            }
        }
    }

    @Test func `a stop does not wait for who is connected`() async throws {
        var limits = ControlServer.Limits()
        limits.readTime = .seconds(600)
        let started = ContinuousClock.now
        try await withControlServer(limits: limits) { path in
            let silent = try RawControlClient(path)
            try silent.send("GET ")
            #expect(try await askControl(path, "GET", "/v1/status").status == 200)
        }
        #expect(ContinuousClock.now - started < .seconds(20))
    }

    @Test func `a living daemon keeps its socket`() async throws {
        try await withControlServer { path in
            #expect(throws: ControlSocketError.self) { try ControlServer(path: path, requests: RecordingDesk()) }
            let answer = try await askControl(path, "GET", "/v1/status")
            #expect(answer.status == 200)
        }
    }

    @Test func `a stale socket is replaced, any other file is not`() async throws {
        try await withControlServer { path in
            let folder = (path as NSString).deletingLastPathComponent
            let stale = folder + "/stale.sock"
            let descriptor = try boundControlSocket(stale)
            close(descriptor)
            try await withThrowingTaskGroup { group in
                let server = try ControlServer(path: stale, requests: RecordingDesk())
                group.addTask { await server.run() }
                #expect(try await askControl(stale, "GET", "/v1/status").status == 200)
                group.cancelAll()
            }
            let file = folder + "/file"
            #expect(FileManager.default.createFile(atPath: file, contents: Data("mine".utf8)))
            #expect(throws: ControlSocketError.self) { try ControlServer(path: file, requests: RecordingDesk()) }
            #expect(FileManager.default.contents(atPath: file) == Data("mine".utf8))
        }
    }

    @Test(arguments: ["/nonexistent/folder/control.sock", "/tmp/" + String(repeating: "x", count: 200)])
    func `no socket is an error that says why`(path: String) {
        #expect { try ControlServer(path: path, requests: RecordingDesk()) } throws: { "\($0)".hasPrefix(path) }
    }

    @Test(arguments: [
        ([:], "/run/polarai/control.sock"), (["RUNTIME_DIRECTORY": "/run/other"], "/run/other/control.sock"),
        (["RUNTIME_DIRECTORY": "/run/a:/run/b"], "/run/a/control.sock"),
    ])
    func `daemon and commands look in the same place`(environment: [String: String], expected: String) {
        #expect(ControlSocket.path(environment: environment) == expected)
    }
}
