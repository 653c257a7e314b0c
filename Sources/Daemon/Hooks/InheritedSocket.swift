import Glibc

/// The socket that systemd listens on for a service (sd_listen_fds(3)).
enum InheritedSocket {
    private static let first: Int32 = 3

    /// - Returns: nil if this process was handed none.
    static func descriptor(in variables: [String: String]) -> Int32? {
        guard variables["LISTEN_PID"].flatMap({ Int32($0) }) == getpid(),
            let count = variables["LISTEN_FDS"].flatMap({ Int32($0) }), count >= 1
        else { return nil }
        var accepts: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(first, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &size) == 0, accepts == 1 else { return nil }
        return first
    }
}
