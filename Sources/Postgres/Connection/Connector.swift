import CPostgres
import Glibc
import Wire

/// Makes a connection: one server and address after the other, each with its own share of the time.
struct Connector {
    let address: PostgresAddress
    let options: PostgresOptions
    let messages: MessageReader

    private struct Candidate {
        let host: PostgresHost
        /// Nil for a Unix socket.
        let ip: String?
    }

    /// A server's share of the time is never shorter, so that the last of many is tried in earnest.
    private static let shortestShare = Duration.seconds(1)
    private static let prepareTLS: Void = polarai_postgres_keep_tls_at_exit()

    /// - Throws: `PostgresError`: what needs an operator only if no server is a reason to wait.
    func connect() throws(PostgresError) -> OpaquePointer {
        _ = Self.prepareTLS
        PostgresEnvironment.clear()
        let deadline = Deadline(after: options.connectLimit)
        var errors: [PostgresError] = []
        for (position, host) in address.hosts.enumerated() {
            let share = share(of: deadline, among: address.hosts.count - position)
            do {
                return try connect(to: host, within: share)
            } catch {
                errors.append(error)
            }
        }
        throw Self.summary(of: errors)
    }

    private func share(of deadline: Deadline, among count: Int) -> Duration {
        max(Self.shortestShare, deadline.left / max(1, count))
    }

    private func connect(to host: PostgresHost, within limit: Duration) throws(PostgresError) -> OpaquePointer {
        let deadline = Deadline(after: limit)
        let candidates = try candidates(host, within: limit)
        var errors: [PostgresError] = []
        for (position, candidate) in candidates.enumerated() {
            var share = share(of: deadline, among: candidates.count - position)
            if let own = address.hostLimit { share = min(share, own) }
            do {
                return try connect(to: candidate, Deadline(after: share), limit: share)
            } catch {
                errors.append(error)
            }
        }
        throw Self.summary(of: errors)
    }

    private func candidates(_ host: PostgresHost, within limit: Duration) throws(PostgresError) -> [Candidate] {
        switch host.place {
        case .socket: [Candidate(host: host, ip: nil)]
        case .network(let name):
            try HostNames.addresses(of: host.address ?? name, within: limit).map { Candidate(host: host, ip: $0) }
        }
    }

    private func connect(
        to candidate: Candidate, _ deadline: Deadline, limit: Duration
    ) throws(PostgresError) -> OpaquePointer {
        let place = candidate.host.description
        let parameters = ConnectionParameters(
            address: address, options: options, host: candidate.host, ip: candidate.ip)
        guard let handle = parameters.start() else {
            throw PostgresError(.unreachable, "\(place): no memory left for a connection")
        }
        var isReady = false
        defer { if !isReady { PQfinish(handle) } }
        // libpq writes the server's code into its text only if it is to be verbose.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        polarai_postgres_ignore_notices(handle)
        guard PQstatus(handle) != CONNECTION_BAD else { throw error(of: handle, at: place) }
        var events = POLLOUT
        while true {
            guard deadline.wait(for: Int32(events), on: PQsocket(handle)) else {
                throw PostgresError(.timeout, "\(place): no connection within \(shown(limit))")
            }
            switch PQconnectPoll(handle) {
            case PGRES_POLLING_OK:
                isReady = true
                return handle
            case PGRES_POLLING_READING: events = POLLIN
            case PGRES_POLLING_WRITING: events = POLLOUT
            default: throw error(of: handle, at: place)
            }
        }
    }

    private func error(of handle: OpaquePointer, at place: String) -> PostgresError {
        let isStandby = PQparameterStatus(handle, "in_hot_standby").map { String(cString: $0) } == "on"
        return messages.connectionError(
            PQerrorMessage(handle).map { String(cString: $0) } ?? "", at: place, isStandby: isStandby)
    }

    private func shown(_ limit: Duration) -> String {
        "\(Double(limit / .milliseconds(100)).rounded() / 10) s"
    }

    /// One error for all that were tried. A server to wait for goes before one to correct: the other may be a copy that
    /// is being set up. Of those to wait for, one that only takes no writes says most: the others may have been replaced by
    /// it.
    private static func summary(of errors: [PostgresError]) -> PostgresError {
        let outages = errors.filter { !$0.needsOperator }
        guard let first = outages.first(where: { $0.kind == .readOnly }) ?? outages.first ?? errors.first else {
            return PostgresError(.unreachable, "there is no server to connect to")
        }
        guard errors.count > 1 else { return first }
        let all = errors.map(\.message).joined(separator: "; ")
        return PostgresError(first.kind, all.cut(bytes: 800), sqlState: first.sqlState)
    }
}
