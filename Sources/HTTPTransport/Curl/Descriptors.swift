import Glibc

/// The process's limit of open files, which libcurl reports in the words of whatever came first: a name that does not
/// resolve, a host that takes no connection, a certificate that cannot be read.
enum Descriptors {
    /// Whether none is left now.
    static var areExhausted: Bool {
        let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
        if descriptor >= 0 {
            close(descriptor)
            return false
        }
        return errno == EMFILE || errno == ENFILE
    }

    /// What happened and what to do about it.
    static var words: String {
        var limits = rlimit()
        let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0
        let limit = isKnown ? " (limit \(limits.rlim_cur))" : ""
        return "this process has no file descriptors left\(limit); raise LimitNOFILE= of the unit"
    }
}

extension TransportError {
    /// Before anything was sent: memory or descriptors ran out.
    static var cannotStart: TransportError {
        TransportError(
            .other,
            Descriptors.areExhausted
                ? "the request cannot be sent: \(Descriptors.words)"
                : "the request cannot be sent: out of memory")
    }
}
