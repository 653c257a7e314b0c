import Glibc

/// The process's limit of open files, which libcurl reports in the words of whatever came first: a name that does not
/// resolve, a host that takes no connection, a certificate that cannot be read.
enum Descriptors {
    /// As many as a connection needs: a socket, a pair for the resolver's thread, a file of certificates. What failed has
    /// given its own back by the time somebody asks.
    private static let ofConnection = 4

    /// Whether fewer are left now than a connection needs.
    static var areExhausted: Bool {
        var opened: [Int32] = []
        defer { for descriptor in opened { close(descriptor) } }
        while opened.count < ofConnection {
            let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return errno == EMFILE || errno == ENFILE }
            opened.append(descriptor)
        }
        return false
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
