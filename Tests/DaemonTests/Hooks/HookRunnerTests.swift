import Alerts
import Foundation
import Glibc
import HTTPTransport
import Model
import TestSupport
import Testing

@testable import Daemon

/// Hooks with real programs, asked as the daemon asks: by a target of type `command` on the runner's socket.
@Suite(.timeLimit(.minutes(10)))
struct HookRunnerTests {
    @Test func `the message is on standard input, what it says in the environment, and nothing else`() async throws {
        let lab = try await HookLab()
        let seen = lab.file("seen")
        let verdict = try await lab.run(
            "{ env | grep -v -e '^_=' -e '^PWD=' -e '^SHLVL=' | sort; echo \"args $#\"; cat; } > '\(seen)'; echo well done",
            environment: ["STAGE": "a b=c"])
        #expect(verdict.outcome == .delivered)
        #expect(verdict.answer == "well done\n")
        let lines = try #require(try? String(contentsOfFile: seen, encoding: .utf8)).split(separator: "\n").map(
            String.init)
        #expect(
            lines.dropLast() == [
                "LANG=C.UTF-8", "PATH=/usr/bin:/bin", "POLARAI_ALERT_ID=k3v9x2ab-17", "POLARAI_CLUSTER=pm-1",
                "POLARAI_EVENT=failed", "POLARAI_FROM=", "POLARAI_NAME=a $(touch x) \"b\"", "POLARAI_TO=FAILED",
                "STAGE=a b=c", "TZ=Asia/Shanghai", "args 0",
            ])
        let body = try JSONValue(parsing: Array(try #require(lines.last).utf8))
        #expect(body["type"]?.stringValue == "polardb.ai_task.failed")
        #expect(body["data"]?["id"]?.stringValue == "k3v9x2ab-17")
    }

    @Test func `a digest of 200 failures with long logs arrives whole`() async throws {
        let lab = try await HookLab()
        try lab.write("wc -c > '\(lab.file("size"))'")
        let events = (1...200).map { number in
            var event = HookLab.event(of: "pm-\(number)")
            event.logLines = (0..<20).map { "step \($0): \(String(repeating: "x", count: 120))" }
            return StoredEvent(seq: Int64(number), id: "k3v9x2ab-\(number)", event: event)
        }
        let verdict = try await lab.send(.digest(Digest(events)), to: "script")
        #expect(verdict.outcome == .delivered, "\(verdict)")
        let size = try String(contentsOfFile: lab.file("size"), encoding: .utf8)
        #expect(Int(size.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0 > 200_000, "\(size)")
    }

    @Test func `a hook that hangs is killed with everything it started`() async throws {
        let lab = try await HookLab()
        let pids = lab.file("pids")
        let began = ContinuousClock.now
        let verdict = try await lab.run(
            "trap '' TERM; sleep 300 & echo $$ $! > '\(pids)'; echo begun; sleep 300; sleep 300",
            timeout: .milliseconds(500))
        #expect(verdict.outcome == .messageRefused)
        #expect(verdict.code == "timeout")
        #expect(verdict.answer == "begun\n")
        #expect(ContinuousClock.now - began < .seconds(30))
        let text = try String(contentsOfFile: pids, encoding: .utf8)
        for pid in text.split(whereSeparator: \.isWhitespace).compactMap({ Int32($0) }) {
            try await eventually("the end of \(pid)") { hasEnded(pid) }
        }
    }

    @Test func `a grandchild that holds the output open is not waited for`() async throws {
        let lab = try await HookLab()
        let began = ContinuousClock.now
        let verdict = try await lab.run("sleep 300 & echo $! > '\(lab.file("pid"))'; echo done")
        #expect(verdict.outcome == .delivered)
        #expect(verdict.answer == "done\n")
        #expect(ContinuousClock.now - began < .seconds(20))
        let pid = try #require(
            Int32(
                try String(contentsOfFile: lab.file("pid"), encoding: .utf8).trimmingCharacters(
                    in: .whitespacesAndNewlines)))
        #expect(kill(pid, SIGKILL) == 0, "it was left alone")
    }

    @Test func `of ten megabytes the last 4 KiB are kept`() async throws {
        let lab = try await HookLab()
        let verdict = try await lab.run("head -c 10000000 /dev/zero | tr '\\0' x; echo; echo the end >&2; exit 3")
        #expect(verdict.outcome == .messageRefused)
        #expect(verdict.code == "exit 3")
        let output = try #require(verdict.answer)
        #expect(output.utf8.count == 4096)
        #expect(output.hasSuffix("xxx\nthe end\n"))
    }

    @Test func `bytes that are not text stay within 4 KiB`() async throws {
        let lab = try await HookLab()
        let verdict = try await lab.run("head -c 5000 /dev/zero | tr '\\0' '\\377'; exit 1")
        let output = try #require(verdict.answer)
        #expect(output.utf8.count <= 4096 && output.utf8.count > 4000)
        #expect(output.unicodeScalars.allSatisfy { $0 == "\u{FFFD}" })
    }

    @Test func `75 is tried again, and then 0`() async throws {
        let lab = try await HookLab()
        let script = "echo x >> '\(lab.file("count"))'; [ $(wc -l < '\(lab.file("count"))') -gt 2 ] || exit 75"
        var outcomes: [DeliveryOutcome] = []
        for _ in 0..<3 { outcomes.append(try await lab.run(script).outcome) }
        #expect(outcomes == [.tryAgain(retryAfter: nil), .tryAgain(retryAfter: nil), .delivered])
    }

    @Test func `a signal, a program that is not there, and a hook that the runner does not know`() async throws {
        let lab = try await HookLab()
        let killed = try await lab.run("kill -SEGV $$")
        #expect(killed.outcome == .messageRefused)
        #expect(killed.code == "signal 11")
        let missing = try await lab.send(to: "gone")
        #expect(missing.outcome == .targetBroken)
        #expect(missing.reason?.contains("/no/such/program") == true)
        let unknown = try await lab.send(to: "unknown")
        #expect(unknown.outcome == .targetBroken)
        #expect(unknown.reason?.contains("systemctl restart polarai-hooks") == true)
    }

    @Test func `one at a time per task; other tasks go on meanwhile`() async throws {
        let lab = try await HookLab()
        let log = lab.file("log")
        // Reports an overlap by itself: mkdir succeeds for one only.
        let script =
            "d='\(lab.folder.path)'/lock-$POLARAI_CLUSTER; mkdir \"$d\" || exit 9; sleep 0.2; rmdir \"$d\"; echo $POLARAI_CLUSTER >> '\(log)'"
        try lab.write(script)
        let outcomes = try await withThrowingTaskGroup(of: DeliveryOutcome.self) { group in
            for number in 0..<6 {
                group.addTask { try await lab.send(to: "script", cluster: number % 2 == 0 ? "pm-1" : "pm-2").outcome }
            }
            return try await group.reduce(into: [DeliveryOutcome]()) { $0.append($1) }
        }
        #expect(outcomes.allSatisfy { $0 == .delivered }, "\(outcomes)")
        #expect(try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").count == 6)
    }

    @Test func `the runner's end ends the hook, whose alert is tried again`() async throws {
        let lab = try await HookLab()
        let started = lab.file("started")
        try lab.write("echo $$ > '\(started)'; sleep 300")
        async let verdict = lab.send(to: "script")
        let pid: Int32 = try await eventually("the hook's start", within: .seconds(120)) {
            (try? String(contentsOfFile: started, encoding: .utf8)).flatMap {
                Int32($0.trimmingCharacters(in: .newlines))
            }
        }
        await lab.stop()
        #expect(try await verdict.outcome == .tryAgain(retryAfter: nil))
        #expect(try await verdict.code == "stopped")
        try await eventually("the end of the hook") { hasEnded(pid) }
        let after = try await lab.send(to: "script")
        #expect(after.outcome == .tryAgain(retryAfter: nil))
        #expect(after.reason?.contains("systemctl enable --now polarai-hooks.socket") == true)
    }

    @Test func `what is not a message, and what is not asked so`() async throws {
        let lab = try await HookLab()
        for (method, path, body, status) in [
            ("POST", "/v1/hooks/script", "{", 400), ("POST", "/v1/hooks/script", #"{"data": 5}"#, 400),
            ("PUT", "/v1/hooks/script", "{}", 405), ("GET", "/v1/hooks/script", "", 405), ("GET", "/", "", 404),
            ("POST", "/v1/hooks/a/b", "{}", 404), ("GET", "/v1/hooks", "", 200),
        ] {
            #expect(try await lab.status(method, path, body) == status, "\(method) \(path)")
        }
    }
}

/// A runner on a socket of its own, with a hook whose script is replaced from test to test.
private final class HookLab: Sendable {
    let folder: TemporaryFolder
    private let client = CurlClient(userAgent: "test")
    private let server: Task<Void, Never>

    private var socket: String { folder.file("h.sock") }

    init(environment: [String: String] = [:]) async throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        let listener = try ControlListener(path: folder.file("h.sock"))
        let runner = HookRunner(
            hooks: {
                let settings = (try? JSONValue(parsing: Array(folder.read("hook.json").utf8)))?.objectValue ?? [:]
                let variables = (settings["environment"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
                return [
                    HookSettings(
                        name: "script", command: ["/bin/sh", folder.file("script.sh")],
                        timeout: .milliseconds(settings["timeout"]?.integerValue ?? 60_000), environment: variables),
                    HookSettings(name: "gone", command: ["/no/such/program"]),
                ]
            },
            variables: [
                "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "Asia/Shanghai", "NOTIFY_SOCKET": "/n",
                "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "s", "CREDENTIALS_DIRECTORY": "/c", "LISTEN_FDS": "1",
            ], log: { _ in })
        let server = HookServer(listener: listener, runner: runner)
        self.server = Task { await server.run() }
    }

    deinit { server.cancel() }

    func file(_ name: String) -> String { folder.file(name) }

    func stop() async {
        server.cancel()
        await server.value
    }

    func write(_ script: String) throws {
        try folder.write("script.sh", script + "\n")
    }

    func run(
        _ script: String, timeout: Duration = .seconds(60), environment: [String: String] = [:]
    ) async throws -> Verdict {
        try write(script)
        let settings = JSONValue.object([
            "timeout": .integer(timeout.wholeMilliseconds),
            "environment": .object(environment.mapValues { .string($0) }),
        ])
        try folder.write("hook.json", settings.text())
        return try await send(to: "script", timeout: timeout)
    }

    static func event(of cluster: String) -> Event {
        Event(
            kind: .failed, cluster: ClusterID(cluster), name: #"a $(touch x) "b""#, account: "default", to: .failed,
            observedAt: Timestamp(milliseconds: 1_795_507_200_000))
    }

    func send(to hook: String, cluster: String = "pm-1", timeout: Duration = .seconds(60)) async throws -> Verdict {
        let stored = StoredEvent(seq: 17, id: "k3v9x2ab-17", event: Self.event(of: cluster))
        return try await send(.alert(stored), to: hook, timeout: timeout)
    }

    func send(_ message: Message, to hook: String, timeout: Duration = .seconds(60)) async throws -> Verdict {
        let target = TargetSettings(
            name: "t", kind: .command,
            options: TargetOptions(hook: HookOptions(name: hook, socket: socket, timeout: timeout)))
        let sender = Sender(client: client, read: { _ in "" }, now: { Timestamp(milliseconds: 1_795_507_200_000) })
        return try #require(await sender.send(message, to: target))
    }

    func status(_ method: String, _ path: String, _ body: String) async throws -> Int {
        let request = HTTPRequest(
            method: HTTPMethod(rawValue: method) ?? .get, url: "http://localhost\(path)", body: Array(body.utf8),
            connection: ConnectionOptions(proxy: .none, unixSocket: socket))
        return try await client.send(request).status
    }
}
