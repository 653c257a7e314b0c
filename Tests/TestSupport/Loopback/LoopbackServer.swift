import Foundation
import Glibc

/// A server on 127.0.0.1 whose every byte the test decides: each connection runs the test's code on a thread of its own.
///
/// Unchecked: everything mutable is touched under `lock` only.
package final class LoopbackServer: @unchecked Sendable {
    package typealias Handler = @Sendable (LoopbackConnection) -> Void

    package let port: Int
    private let listener: Int32
    private let lock = NSLock()
    private var accepted = 0
    private var open: [Int32: LoopbackConnection] = [:]
    private var isStopped = false

    /// - Parameter handler: runs once per connection; the connection is closed when it returns.
    package init(_ handler: @escaping Handler) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw LoopbackError(call: "socket", code: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && listen(descriptor, 1024) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard bound else { throw LoopbackError(call: "bind", code: errno) }
        listener = descriptor
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in serve(handler) }
    }

    /// `http://127.0.0.1:PORT`.
    package var url: String { "http://127.0.0.1:\(port)" }

    /// How many connections there have been.
    package var connectionCount: Int { lock.withLock { accepted } }

    /// Closes the listener and every connection.
    package func stop() {
        let connections = lock.withLock {
            guard !isStopped else { return [LoopbackConnection]() }
            isStopped = true
            shutdown(listener, Int32(SHUT_RDWR))
            return Array(open.values)
        }
        for connection in connections { connection.interrupt() }
    }

    private func serve(_ handler: @escaping Handler) {
        while true {
            let descriptor = accept(listener, nil, nil)
            if descriptor < 0 {
                if errno == EINTR || errno == EMFILE { continue }
                close(listener)
                return
            }
            var on: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
            let connection = LoopbackConnection(descriptor)
            lock.withLock {
                accepted += 1
                open[descriptor] = connection
            }
            let thread = Thread { [self] in
                handler(connection)
                lock.withLock { open[descriptor] = nil }
                connection.close()
            }
            thread.stackSize = 256 * 1024
            thread.start()
        }
    }
}

package struct LoopbackError: Error {
    package let call: String
    package let code: Int32
}
