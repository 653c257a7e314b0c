import Foundation
import Glibc
import Synchronization

/// Stands between a client and a server, and cuts the connection around the first message that holds a word.
package final class CuttingProxy: Sendable {
    package enum Cut: Sendable {
        /// The server never gets the message.
        case before
        /// The server answers, and the client never gets the answer.
        case after
    }

    private let server: Mutex<LoopbackServer?> = Mutex(nil)
    package let port: Int
    private let passes: Passes

    package init(to target: Int, word: String, _ cut: Cut) throws {
        let passes = Passes()
        self.passes = passes
        let server = try LoopbackServer { client in
            guard let upstream = UpstreamConnection(port: target) else { return }
            let downstream = Thread {
                while let bytes = upstream.read() {
                    if !upstream.isMuted, !client.write(bytes) { break }
                }
                client.reset()
            }
            downstream.start()
            while let bytes = client.readSome() {
                passes.count.withLock { $0 += 1 }
                guard bytes.firstRange(of: Array(word.utf8)) != nil else {
                    guard upstream.write(bytes) else { break }
                    continue
                }
                if cut == .after {
                    upstream.mute()
                    _ = upstream.write(bytes)
                    upstream.awaitMutedAnswer()
                }
                break
            }
            upstream.shut()
            client.interrupt()
        }
        port = server.port
        self.server.withLock { $0 = server }
    }

    /// How often clients have sent something, what was sent at once counted as one.
    package var count: Int { passes.count.withLock { $0 } }

    deinit {
        server.withLock { $0?.stop() }
    }
}

private final class Passes: Sendable {
    let count = Mutex(0)
}

/// The side of the proxy that speaks with the server.
private final class UpstreamConnection: Sendable {
    private let descriptor: Int32
    private let muted = Mutex(false)
    private let answered = DispatchSemaphore(value: 0)

    init?(port: Int) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(clamping: port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return nil }
    }

    deinit { close(descriptor) }

    var isMuted: Bool { muted.withLock { $0 } }

    func mute() { muted.withLock { $0 = true } }

    func awaitMutedAnswer() { _ = answered.wait(timeout: .now() + 30) }

    func read() -> [UInt8]? {
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return nil }
        if isMuted { answered.signal() }
        return Array(chunk[..<count])
    }

    func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                send(descriptor, buffer.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    func shut() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
