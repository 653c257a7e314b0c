// Dispatch sources may be cancelled from any thread, but are not declared Sendable on Linux.
@preconcurrency import Dispatch
import Files
import Glibc
import Synchronization

/// One accepted connection: one request, one reply. No thread waits with it.
final class ControlConnection: Sendable {
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "polarai.control.connection")

    /// - Parameter descriptor: a socket in non-blocking mode, closed with this object.
    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// The peer's user, as the kernel noted it when it connected: `root` or `uid 1000`.
    ///
    /// The number alone: a look-up of the name may wait for a directory service.
    var peer: String? {
        // struct ucred of <sys/socket.h>: pid, uid, gid.
        var credentials: (pid: Int32, user: UInt32, group: UInt32) = (0, 0, 0)
        var size = socklen_t(MemoryLayout.size(ofValue: credentials))
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else { return nil }
        return credentials.user == 0 ? "root" : "uid \(credentials.user)"
    }

    /// Makes whoever waits for the peer go on at once.
    func interrupt() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// Whether the peer no longer waits for a reply. One that has only said all that it has to say does.
    var isAbandoned: Bool {
        var state = pollfd(fd: descriptor, events: 0, revents: 0)
        return poll(&state, 1, 0) > 0 && state.revents & Int16(POLLHUP | POLLERR) != 0
    }

    /// - Parameter longestBody: in bytes; a longer one is refused.
    /// - Returns: nil if the peer went away before it had asked anything.
    func read(
        within limit: Duration, longestBody: Int = ControlCallReader.maximumBodyBytes
    ) async -> ControlCallReader.Progress? {
        enum Step { case progress(ControlCallReader.Progress), gone }
        let reader = Mutex(ControlCallReader(longestBody: longestBody))
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        let step: Step? = await repeating(source, within: limit) { [descriptor] in
            var buffer = [UInt8](repeating: 0, count: 16 * 1024)
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count < 0, errno == EINTR || errno == EAGAIN { return nil }
            guard count > 0 else { return .gone }
            let progress = reader.withLock { $0.read(buffer[..<count]) }
            return progress == .needsMore ? nil : .progress(progress)
        }
        return switch step {
        case .progress(let progress): progress
        case .gone: nil
        case nil: .refused(.error(408, "no complete request came within \(limit.components.seconds) s"))
        }
    }

    /// Gives up on a peer that does not take its reply.
    func write(_ reply: ControlReply, within limit: Duration) async {
        let rest = Mutex(reply.bytes[...])
        let source = DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: queue)
        let _: Bool? = await repeating(source, within: limit) { [descriptor] in
            rest.withLock { rest in
                let count = rest.withUnsafeBytes {
                    send(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
                }
                if count < 0, errno == EINTR || errno == EAGAIN { return nil }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
                return rest.isEmpty ? true : nil
            }
        }
    }

    /// Ends the reply, and reads what the peer is still sending until it hangs up.
    ///
    /// Without this the kernel resets the connection at `close`, and the peer may lose the reply that it has not read.
    func drain(within limit: Duration) async {
        shutdown(descriptor, Int32(SHUT_WR))
        let left = Mutex(Self.mostDrained)
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        let _: Bool? = await repeating(source, within: limit) { [descriptor] in
            var buffer = [UInt8](repeating: 0, count: 16 * 1024)
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count < 0, errno == EINTR || errno == EAGAIN { return nil }
            return count > 0
                && left.withLock { left in
                    left -= count
                    return left > 0
                } ? nil : true
        }
    }

    /// Whoever sends more than this is cut off.
    private static let mostDrained = 1 << 20

    /// Takes a step whenever the socket is ready, until one gives a value.
    ///
    /// - Returns: nil if none did within the limit.
    private func repeating<Value: Sendable>(
        _ source: any DispatchSourceProtocol, within limit: Duration, step: @escaping @Sendable () -> Value?
    ) async -> Value? {
        let outcome = Outcome<Value>()
        let deadline = DispatchTime.now() + limit.dispatchInterval
        // The socket may be closed only when the source has let go of it: then, and not before, this returns.
        await withCheckedContinuation { continuation in
            source.setEventHandler {
                guard let value = step() else { return }
                outcome.set(value)
                source.cancel()
            }
            source.setCancelHandler { continuation.resume() }
            source.activate()
            queue.asyncAfter(deadline: deadline) { source.cancel() }
        }
        return outcome.value
    }
}

private final class Outcome<Value: Sendable>: Sendable {
    private let stored = Mutex<Value?>(nil)
    var value: Value? { stored.withLock { $0 } }

    func set(_ value: Value) {
        stored.withLock { $0 = value }
    }
}
