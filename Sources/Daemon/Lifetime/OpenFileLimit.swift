import Glibc

/// How many files this process may have open at a time.
package enum OpenFileLimit {
    /// Programs that are started inherit the limit, and some of them close every number up to it: not higher than this.
    private static let highest: rlim_t = 65_536

    /// With fewer, nothing can be polled (measured: with 20 no connection to the API can be opened).
    private static let lowest: rlim_t = 32

    /// Raises the limit that a shell or a container has set to the one that it allows: libdispatch ends a process that has no
    /// file descriptor left.
    ///
    /// - Throws: `DaemonError.tooFewFiles` if it cannot be raised to what the daemon needs.
    package static func raise() throws(DaemonError) {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limits = rlimit()
        guard getrlimit(resource, &limits) == 0 else { return }
        let wanted = min(limits.rlim_max, highest)
        if limits.rlim_cur < wanted {
            let current = limits.rlim_cur
            limits.rlim_cur = wanted
            if setrlimit(resource, &limits) != 0 { limits.rlim_cur = current }
        }
        guard limits.rlim_cur >= lowest else {
            throw .tooFewFiles(limit: UInt64(limits.rlim_cur), needed: UInt64(lowest))
        }
    }
}
