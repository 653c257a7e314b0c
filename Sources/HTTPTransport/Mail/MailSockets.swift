import Glibc
import Synchronization

/// The sockets that a mail's transfer has open: shutting them down ends whatever libcurl waits for, on any thread.
final class MailSockets: Sendable {
    private struct State {
        var open: Set<Int32> = []
        var areShut = false
    }

    private let state = Mutex(State())

    func opened(_ socket: Int32) {
        state.withLock { state in
            state.open.insert(socket)
            if state.areShut { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    func close(_ socket: Int32) -> Int32 {
        // Under the lock: a number that is free may be another connection's.
        state.withLock { state in
            state.open.remove(socket)
            return Glibc.close(socket)
        }
    }

    /// All that are open, and all that are opened later.
    func shutDown() {
        state.withLock { state in
            state.areShut = true
            for socket in state.open { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }
}
