import CEpoll
import Glibc

/// The sockets that the loop waits for, and the alarm that ends its wait.
///
/// `epoll` rather than libcurl's own wait, which asks for every socket anew each time: a wake-up costs what happened,
/// not what is under way. On the loop's thread only.
final class SocketWatch {
    /// What happened on a socket.
    struct Ready {
        let socket: Int32
        let isReadable: Bool
        let isWritable: Bool
        let hasFailed: Bool
    }

    private struct State {
        /// As libcurl wants it.
        var wanted: UInt32 = 0
        /// As the kernel knows it.
        var registered: UInt32 = 0
        var isConnection = false
        /// Whether it is among `changed`.
        var isChanged = false
    }

    private let epoll: Int32
    private let alarm: Alarm
    /// Where the kernel writes what happened.
    private let events: UnsafeMutablePointer<epoll_event>
    /// By the number of the descriptor.
    private var states: [State] = []
    private var changed: [Int32] = []

    private static let eventsAtOnce = 64

    /// - Returns: nil if the process has no descriptors left.
    init?(_ alarm: Alarm) {
        self.alarm = alarm
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        events = .allocate(capacity: Self.eventsAtOnce)
        events.initialize(repeating: epoll_event(), count: Self.eventsAtOnce)
        guard epoll >= 0, alarm.descriptor >= 0 else { return nil }
        want(alarm.descriptor, EPOLLIN.rawValue)
        guard states[Int(alarm.descriptor)].registered != 0 else { return nil }
    }

    deinit {
        if epoll >= 0 { close(epoll) }
        events.deallocate()
    }

    // MARK: What is watched

    /// A connection's socket was made. Its end will be noted, so what libcurl wants of it is registered
    /// with the kernel only if that has changed when the loop goes to sleep: between two requests on a kept connection it
    /// has not.
    func noteConnection(_ socket: Int32) {
        makeRoom(for: socket)
        // A new socket, which is not registered yet, whatever had its number before.
        states[Int(socket)].registered = 0
        states[Int(socket)].isConnection = true
    }

    /// Closes a connection's socket; its number may be another socket's right after.
    ///
    /// - Returns: what `close` returns.
    func closeConnection(_ socket: Int32) -> Int32 {
        makeRoom(for: socket)
        states[Int(socket)].isConnection = false
        want(socket, 0)
        return close(socket)
    }

    /// Has the wait end when a socket becomes readable or writable; with neither it is not watched any more.
    func watch(_ socket: Int32, readable: Bool, writable: Bool) {
        want(socket, (readable ? EPOLLIN.rawValue : 0) | (writable ? EPOLLOUT.rawValue : 0))
    }

    private func want(_ socket: Int32, _ events: UInt32) {
        makeRoom(for: socket)
        let place = Int(socket)
        states[place].wanted = events
        if !states[place].isConnection {
            register(socket)
        } else if !states[place].isChanged {
            states[place].isChanged = true
            changed.append(socket)
        }
    }

    private func makeRoom(for socket: Int32) {
        while states.count <= Int(socket) { states.append(State()) }
    }

    private func register(_ socket: Int32) {
        let state = states[Int(socket)]
        guard state.wanted != state.registered else { return }
        var event = epoll_event()
        event.events = state.wanted
        event.data.fd = socket
        let operation =
            state.registered == 0 ? EPOLL_CTL_ADD : state.wanted == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD
        let isRegistered = epoll_ctl(epoll, operation, socket, &event) == 0
        // What cannot be taken out was closed, and forgotten with its closing; what the kernel has no memory for waits for
        // its time limit.
        states[Int(socket)].registered = isRegistered ? state.wanted : 0
    }

    // MARK: Waiting

    /// Waits until something happens.
    ///
    /// - Parameters:
    ///   - milliseconds: no longer than that.
    ///   - body: called for each socket on which something happened; may change what is watched.
    func wait(milliseconds: Int32, _ body: (Ready) -> Void) {
        for socket in changed {
            states[Int(socket)].isChanged = false
            register(socket)
        }
        changed.removeAll(keepingCapacity: true)
        let count = epoll_wait(epoll, events, Int32(Self.eventsAtOnce), milliseconds)
        // Interrupted by a signal: the caller waits again.
        guard count > 0 else { return }
        for place in 0..<Int(count) {
            let event = events[place]
            let socket = event.data.fd
            if socket == alarm.descriptor {
                alarm.clear()
                continue
            }
            body(
                Ready(
                    socket: socket, isReadable: event.events & EPOLLIN.rawValue != 0,
                    isWritable: event.events & EPOLLOUT.rawValue != 0,
                    hasFailed: event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0))
        }
    }
}
