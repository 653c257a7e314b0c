import Glibc

/// How many files this process may have open at a time.
package enum OpenFileLimit {
    /// Programs that are started inherit the limit, and some of them close every number up to it: not higher than this.
    private static let highest: rlim_t = 65_536

    /// Raises the limit that a shell or a container has set to the one that it allows: libdispatch ends a process that has no
    /// file descriptor left.
    package static func raise() {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limits = rlimit()
        guard getrlimit(resource, &limits) == 0 else { return }
        let wanted = min(limits.rlim_max, highest)
        guard limits.rlim_cur < wanted else { return }
        limits.rlim_cur = wanted
        setrlimit(resource, &limits)
    }
}
