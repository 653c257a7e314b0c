import Dispatch
import Glibc

/// One accepted connection: one request, one reply. Its calls wait for the peer, so they run on a thread of their own.
final class ControlConnection: Sendable {
    private let descriptor: Int32

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Makes whoever waits for the peer go on at once.
    func interrupt() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// - Returns: nil where the peer went away before it had asked anything.
    func read(within limit: Duration) -> ControlCallReader.Progress? {
        let deadline = ContinuousClock.now + limit
        var reader = ControlCallReader()
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            guard wait(for: POLLIN, until: deadline) else {
                return .refused(.error(408, "no whole request came within \(limit.components.seconds) s"))
            }
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return nil }
            let progress = reader.read(buffer[..<count])
            if progress != .needsMore { return progress }
        }
    }

    /// Gives up on a peer that does not take its reply.
    func write(_ reply: ControlReply, within limit: Duration) {
        let deadline = ContinuousClock.now + limit
        var rest = reply.bytes[...]
        while !rest.isEmpty, wait(for: POLLOUT, until: deadline) {
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private func wait(for event: Int32, until deadline: ContinuousClock.Instant) -> Bool {
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return false }
            let (seconds, attoseconds) = left.components
            var entry = pollfd(fd: descriptor, events: Int16(event), revents: 0)
            let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1
            let ready = poll(&entry, 1, Int32(clamping: milliseconds))
            if ready > 0 { return true }
            guard ready == 0 || errno == EINTR else { return false }
        }
    }
}
