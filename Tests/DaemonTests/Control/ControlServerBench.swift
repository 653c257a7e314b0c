import Daemon
import Foundation
import Model
import Store
import Synchronization
import TestSupport
import Testing

/// Answers like a daemon, and remembers what it was asked.
final class RecordingDesk: ControlRequests {
    private let orders = Mutex<[AlertOrder]>([])
    private let verdict: ReloadVerdict

    init(verdict: ReloadVerdict = .taken([])) {
        self.verdict = verdict
    }

    var asked: [AlertOrder] { orders.withLock { $0 } }

    func status() async throws -> JSONValue { .object(["clusters": .array([]), "name": .string("nightly \"1\"")]) }
    func reload() async -> ReloadVerdict { verdict }
    func configPath() async -> String? { "/etc/hostname" }
    func pollNow(_ cluster: String) async throws -> ClusterID? {
        cluster == "nightly" ? ClusterID("pm-1") : nil
    }
    func probe(_ target: String) async -> Bool { target == "chat" }
    func retryAlerts(_ order: AlertOrder) async throws(AlertOrderRefused) -> AlertAnswer { answer(order) }
    func dropAlerts(_ order: AlertOrder) async throws(AlertOrderRefused) -> AlertAnswer {
        if order.target == "broken" { throw .failed("the disk is full") }
        return answer(order)
    }

    let silences = Mutex<[SilenceOrder]>([])
    let acks = Mutex<[[String?]]>([])

    func addSilence(_ order: SilenceOrder) async throws(AlertOrderRefused) -> JSONValue {
        silences.withLock { $0.append(order) }
        if order.comment == "wrong" { throw .wrong("The config has no target x.") }
        return .object(["id": .integer(3)])
    }

    func endSilence(_ id: Int64) async throws(AlertOrderRefused) -> JSONValue? {
        id == 3 ? .object(["id": .integer(3), "state": .string("ended")]) : nil
    }

    func acknowledge(
        _ names: [String], by author: String, comment: String?
    ) async throws(AlertOrderRefused) -> AckAnswer {
        acks.withLock { $0.append(names + [author, comment]) }
        let known = names.filter { $0 != "nobody" }.map { name -> JSONValue in
            .object(["id": .string(name), "acknowledged": .object(["by": .string(author)])])
        }
        let answer = AckAnswer(
            .object([
                "acknowledged": .array(known), "unchanged": .array([]),
                "unknown": .array(names.filter { $0 == "nobody" }.map { .string($0) }),
            ]))
        guard let answer else { throw .failed("no answer") }
        return answer
    }

    private func answer(_ order: AlertOrder) -> AlertAnswer {
        orders.withLock { $0.append(order) }
        return AlertAnswer(
            changed: (order.ids ?? []).filter { $0 != "k-9" }.map { AlertName(id: $0, target: "chat", was: .dead) },
            unchanged: [],
            unknown: (order.ids ?? []).filter { $0 == "k-9" })
    }
}

struct ControlAnswer {
    let status: Int
    let head: String
    let body: JSONValue
}

/// Runs `body` beside a server on a socket of its own.
func withControlServer(
    _ desk: RecordingDesk = RecordingDesk(), limits: ControlServer.Limits = .init(), heartbeats: Heartbeats? = nil,
    _ body: @escaping @Sendable (String) async throws -> Void
) async throws {
    let folder = NSTemporaryDirectory() + "control-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/control.sock"
    let server = try ControlServer(path: path, requests: desk, limits: limits, heartbeats: heartbeats)
    try await withThrowingTaskGroup { group in
        group.addTask { await server.run() }
        try await body(path)
        group.cancelAll()
    }
    #expect(!FileManager.default.fileExists(atPath: path), "the socket stayed behind")
}

/// A socket as a daemon leaves it that was killed.
func boundControlSocket(_ path: String) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard withSocketAddress(path, { bind(descriptor, $0, $1) }) == 0 else { throw CocoaError(.fileWriteUnknown) }
    return descriptor
}

func withSocketAddress<Result>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    return withUnsafePointer(to: address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}

/// A plain client: sends bytes, reads until the end.
struct RawControlClient: Sendable {
    private let handle: FileHandle

    init(_ path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let connected = withSocketAddress(path) { connect(descriptor, $0, $1) }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard connected == 0 else { throw CocoaError(.fileNoSuchFile) }
    }

    func send(_ text: String) throws {
        try handle.write(contentsOf: Data(text.utf8))
    }

    func ask(_ method: String, _ target: String, _ body: String) throws {
        try send(
            "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    func hangUp() throws {
        try handle.close()
    }

    /// Says that nothing more comes, and goes on waiting.
    func endSending() {
        shutdown(handle.fileDescriptor, Int32(SHUT_WR))
    }

    /// Reads on a thread of its own: the server needs those that tests run on.
    func answer() async throws -> ControlAnswer {
        let data = try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { [handle] in
                continuation.resume(with: Result { try handle.readToEnd() ?? Data() })
            }
        }
        let text = String(decoding: data, as: UTF8.self)
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
        let words = try #require(parts.first).split(separator: " ")
        return ControlAnswer(
            status: try #require(Int(words[1])), head: String(parts[0]),
            body: try JSONValue(parsing: Array(try #require(parts.last).utf8)))
    }
}

func askControl(_ path: String, _ method: String, _ target: String, _ body: String = "") async throws -> ControlAnswer {
    let client = try RawControlClient(path)
    try client.ask(method, target, body)
    return try await client.answer()
}
