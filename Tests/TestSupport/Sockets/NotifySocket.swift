import Foundation
import Synchronization

/// A bound unix datagram socket in the place of systemd's: collects what a service says by `sd_notify`.
package final class NotifySocket: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// One datagram, and when it came.
    package struct Message: Sendable {
        package let text: String
        package let at: ContinuousClock.Instant

        package var lines: [String] { text.split(separator: "\n").map(String.init) }
    }

    /// What `NOTIFY_SOCKET` must be.
    package let path: String
    private let folder: TemporaryFolder
    private let state: State

    private final class State: Sendable {
        let messages = Mutex<[Message]>([])
        let isClosed = Mutex(false)
    }

    /// - Throws: `Failure` where the socket cannot be made.
    package init() throws {
        folder = try TemporaryFolder()
        path = folder.file("notify")
        state = State()
        let descriptor = try Self.bind(path)
        let state = state
        // A thread, because a full socket would make the service wait.
        Thread.detachNewThread {
            Self.collect(from: descriptor, into: state)
            close(descriptor)
        }
    }

    deinit {
        state.isClosed.withLock { $0 = true }
    }

    package var messages: [Message] { state.messages.withLock { $0 } }

    /// All lines of all messages, in order.
    package var lines: [String] { messages.flatMap(\.lines) }

    /// Waits for a line, `READY=1` say.
    @discardableResult
    package func awaitLine(
        _ what: String, within limit: Duration = .seconds(10), where fits: (String) -> Bool
    ) async throws -> String {
        try await eventually("notification: \(what)", within: limit, every: .milliseconds(10)) {
            lines.first(where: fits)
        }
    }

    /// Waits for exactly this line.
    package func awaitLine(_ line: String, within limit: Duration = .seconds(10)) async throws {
        try await awaitLine(line, within: limit) { $0 == line }
    }

    private static func bind(_ path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw Failure(description: "no socket: \(String(cString: strerror(errno)))") }
        var patience = timeval(tv_sec: 0, tv_usec: 50_000)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw Failure(description: "\(path) is too long for a socket")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            throw Failure(description: "cannot bind \(path): \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    private static func collect(from descriptor: Int32, into state: State) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !state.isClosed.withLock({ $0 }) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { continue }
            let text = String(decoding: buffer[..<count], as: UTF8.self)
            state.messages.withLock { $0.append(Message(text: text, at: .now)) }
        }
    }
}
