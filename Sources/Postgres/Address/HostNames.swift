import Files
import Glibc
import Synchronization

/// Looks up the IP addresses of a host, never longer than a limit.
///
/// libpq would ask the resolver on the caller's thread and wait as long as that takes.
enum HostNames {
    /// Of names with many addresses the first ones: those are the ones that the resolver prefers.
    private static let mostAddresses = 8
    /// Names whose lookup hangs. It is not started again until it has ended, so that threads do not pile up.
    private static let hanging = Mutex<Set<String>>([])

    /// - Parameter name: a host's name, or an IP address.
    /// - Throws: `PostgresError` of kind `unreachable` or `timeout`.
    static func addresses(of name: String, within limit: Duration) throws(PostgresError) -> [String] {
        if let address = try? look(name, isNumeric: true).get() { return address }
        guard !hanging.withLock({ $0.contains(name) }) else {
            throw PostgresError(
                .timeout, "the DNS lookup of \(name) is still running; check that the DNS server answers")
        }
        guard let lookup = AwaitedValue<Result<[String], PostgresError>>() else {
            throw PostgresError(
                .unreachable,
                "the DNS lookup of \(name) failed: no file descriptors left; raise LimitNOFILE= of the unit")
        }
        WorkerThreads.shared.run {
            lookup.end(look(name, isNumeric: false)) { hanging.withLock { _ = $0.remove(name) } }
        }
        guard let result = lookup.wait(limit, ifLate: { hanging.withLock { _ = $0.insert(name) } }) else {
            throw PostgresError(.timeout, "the DNS lookup of \(name) timed out after \(limit); check this host's DNS")
        }
        return try result.get()
    }

    private static func look(_ name: String, isNumeric: Bool) -> Result<[String], PostgresError> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = isNumeric ? AI_NUMERICHOST : AI_ADDRCONFIG
        var first: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(name, nil, &hints, &first)
        defer { if let first { freeaddrinfo(first) } }
        guard code == 0 else {
            let reason = gai_strerror(code).map { String(cString: $0) } ?? "error \(code)"
            return .failure(
                PostgresError(
                    .unreachable, "the DNS lookup of \(name) failed (\(reason)); check the name and this host's DNS"))
        }
        var addresses: [String] = []
        var next = first
        while let entry = next?.pointee, addresses.count < mostAddresses {
            var text = [CChar](repeating: 0, count: 128)
            if getnameinfo(
                entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
            {
                let end = text.firstIndex(of: 0) ?? text.count
                let address = String(decoding: text[..<end].map(UInt8.init(bitPattern:)), as: UTF8.self)
                if !addresses.contains(address) { addresses.append(address) }
            }
            next = entry.ai_next
        }
        guard !addresses.isEmpty else {
            return .failure(
                PostgresError(.unreachable, "\(name) has no IP address; check the name and this host's DNS"))
        }
        return .success(addresses)
    }
}
