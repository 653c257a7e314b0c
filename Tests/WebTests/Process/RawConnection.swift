import Glibc

/// One TCP connection to 127.0.0.1 on which a test says what it wants, well-formed or not. Nothing waits longer than asked.
final class RawConnection {
    struct Failed: Error {}

    private let descriptor: Int32
    private var received: [UInt8] = []

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard descriptor >= 0, result == 0 else { throw Failed() }
    }

    deinit {
        close(descriptor)
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Says that nothing more will be sent; what comes can still be read.
    func finish() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Reads until the text fits, the other side closes, or the time is over.
    ///
    /// - Returns: what came so far, and whether the other side has closed.
    func read(
        within limit: Duration = .seconds(10), until fits: (String) -> Bool = { _ in false }
    ) -> (text: String, isClosed: Bool) {
        let end = ContinuousClock.now.advanced(by: limit)
        while true {
            let text = String(decoding: received, as: UTF8.self)
            if fits(text) { return (text, false) }
            let left = ContinuousClock.now.duration(to: end)
            guard left > .zero else { return (text, false) }
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
            guard poll(&wait, 1, Int32(clamping: milliseconds + 1)) > 0 else { return (text, false) }
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return (text, true) }
            received += chunk[..<count]
        }
    }
}
