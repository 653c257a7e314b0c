import Config
// Dispatch sources may be cancelled from any thread, but are not declared Sendable on Linux.
@preconcurrency import Dispatch
import Files
import Glibc
import Model

/// Where the running daemon takes requests.
package enum ControlSocket {
    /// `$RUNTIME_DIRECTORY/control.sock`, else `/run/polarai/control.sock`.
    package static func path(environment: [String: String]) -> String {
        RuntimeFolder.path(environment: environment) + "/control.sock"
    }
}

/// Where the running daemon reports its status: whoever may read there can change nothing.
package enum StatusSocket {
    /// `$RUNTIME_DIRECTORY/status.sock`, else `/run/polarai/status.sock`.
    package static func path(environment: [String: String]) -> String {
        RuntimeFolder.statusSocket(environment: environment)
    }

    /// Everywhere the daemon listens: also in the folder beside the first one whose name ends in `-status`, if there is one.
    /// A program that must not even see the control socket, which is in the first one, is given that folder alone.
    static func paths(environment: [String: String]) -> [String] {
        let apart = RuntimeFolder.path(environment: environment) + "-status"
        var status = stat()
        let exists = stat(apart, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        return [path(environment: environment)] + (exists ? [apart + "/status.sock"] : [])
    }
}

/// Why the daemon runs without one of its sockets.
package struct ControlSocketError: Error, CustomStringConvertible {
    package let description: String
    /// Another process answers at the socket.
    package var isTaken = false
}

/// The listening end of a Unix socket, in the file system for owner and group.
final class ControlListener: Sendable {
    enum Turn: Sendable {
        case accepted(ControlConnection)
        /// Nothing came for a while.
        case idle
    }

    /// Nil if the socket is somebody else's, who keeps it.
    private let path: String?
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "polarai.control")
    private let source: any DispatchSourceRead
    private let timer: any DispatchSourceTimer
    let turns: AsyncStream<Turn>

    /// The kernel holds this many until they are accepted.
    private static let backlog: Int32 = 64
    /// Until the next try, if the process or the system has no descriptor left.
    private static let pause = DispatchTimeInterval.seconds(1)

    /// - Parameter interval: how often there is a turn at least; nil: only for connections.
    convenience init(path: String, turnEvery interval: Duration? = nil) throws(ControlSocketError) {
        self.init(try Self.bind(path), path: path, turnEvery: interval)
    }

    /// - Parameter descriptor: a socket that listens, made by systemd for this process.
    convenience init(inherited descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        self.init(descriptor, path: nil, turnEvery: nil)
    }

    private init(_ descriptor: Int32, path: String?, turnEvery interval: Duration?) {
        self.path = path
        self.descriptor = descriptor
        let (turns, continuation) = AsyncStream.makeStream(of: Turn.self)
        self.turns = turns
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        timer = DispatchSource.makeTimerSource(queue: queue)
        source.setEventHandler { [descriptor, queue, source] in
            let accepted = accept(descriptor, nil, nil)
            guard accepted >= 0 else {
                // The socket stays readable: without a pause this would be called again at once, and for ever.
                if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) {
                    source.suspend()
                    queue.asyncAfter(deadline: .now() + Self.pause) { source.resume() }
                }
                return
            }
            _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
            _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
            continuation.yield(.accepted(ControlConnection(accepted)))
        }
        source.setCancelHandler { [descriptor] in
            Glibc.close(descriptor)
            continuation.finish()
        }
        if let interval {
            timer.schedule(deadline: .now() + interval.dispatchInterval, repeating: interval.dispatchInterval)
            timer.setEventHandler { continuation.yield(.idle) }
        }
        timer.activate()
        source.activate()
    }

    /// Takes no more connections, and removes the socket from the file system.
    func close() {
        if let path { unlink(path) }
        timer.cancel()
        source.cancel()
    }

    private static func bind(_ path: String) throws(ControlSocketError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else {
            throw ControlSocketError(
                description: "\(path) is longer than the \(capacity - 1) bytes a socket's path may have")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }

        if connects(to: address) {
            throw ControlSocketError(
                description: "another process is listening on \(path); find it with `ss -xlp`", isTaken: true)
        }
        // What a daemon that was killed left behind; anything but a socket is not ours to remove.
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK { unlink(path) }
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw failure("socket", path) }
        // Linux gives the file the mode of the socket less the umask: others are kept out from the very beginning, and
        // chmod lets the group in. Setting the umask would reach files that other threads make meanwhile.
        guard fchmod(descriptor, 0o660) == 0, address.withPointer({ Glibc.bind(descriptor, $0, $1) }) == 0,
            chmod(path, 0o660) == 0, listen(descriptor, backlog) == 0
        else {
            let error = failure("listen", path)
            Glibc.close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func connects(to address: sockaddr_un) -> Bool {
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard probe >= 0 else { return false }
        defer { Glibc.close(probe) }
        // EAGAIN: a daemon is there, and has its hands full.
        return address.withPointer { connect(probe, $0, $1) } == 0 || errno == EAGAIN
    }

    private static func failure(_ call: String, _ path: String) -> ControlSocketError {
        ControlSocketError(description: "\(path): \(call): \(String(cString: strerror(errno)))")
    }
}

extension sockaddr_un {
    fileprivate func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: self) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
