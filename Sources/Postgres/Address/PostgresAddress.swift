import CPostgres
import Wire

/// The address of a database, `postgresql://user@host1,host2/name?key=value` with libpq's own keywords, checked.
///
/// The one gate for it: libpq takes it apart, and nothing but what is known here to be safe goes on to a connection.
package struct PostgresAddress: Sendable {
    /// The servers in the order in which they are tried.
    package let hosts: [PostgresHost]
    /// Nil means the operating system's name of the user.
    package let user: String?
    /// Nil means a database with the user's name.
    package let database: String?
    package let sslMode: SSLMode
    /// How long each server is waited for; nil means a share of what the whole may take.
    let hostLimit: Duration?
    /// The further keywords as they go to libpq.
    let parameters: [String: String]
    /// What must never be seen: the password, and the address as a whole.
    let secrets: [String]
    /// What works, but is hardly meant so. Without a word of the address.
    package let warnings: [String]

    /// How much of a connection's security is asked for, weakest first. The raw value is libpq's.
    package enum SSLMode: String, CaseIterable, Sendable {
        case disable, allow, prefer, require
        case verifyCA = "verify-ca"
        case verifyFull = "verify-full"

        /// Whether a server must show a certificate that is verified.
        var verifies: Bool { self == .verifyCA || self == .verifyFull }
    }

    package static let maximumBytes = 8 << 10
    static let mostHosts = 16

    /// - Parameter url: what `storage.url` stands for. It may hold a password.
    /// - Throws: `PostgresError` of kind `address`, without a word of the address.
    package init(_ url: String) throws(PostgresError) {
        let options = try ParsedOptions(url)
        secrets = [url] + ["password", "sslpassword"].compactMap { options.value($0) }
        hosts = try PostgresHost.list(
            hosts: options.value("host"), addresses: options.value("hostaddr"), ports: options.value("port"))
        user = options.value("user")
        database = options.value("dbname")

        let isLocal = hosts.allSatisfy(\.isLocal)
        var warnings: [String] = []
        if let word = options.value("sslmode") {
            guard let mode = SSLMode(rawValue: word) else {
                throw .wrong(
                    "has an sslmode that is not known; use "
                        + SSLMode.allCases.map(\.rawValue).joined(separator: ", "))
            }
            sslMode = mode
            if !isLocal, mode != .verifyFull {
                warnings.append(
                    "has sslmode=\(mode.rawValue), which lets another server impersonate the database; use "
                        + "sslmode=verify-full, and sslrootcert=FILE if the server's certificate is signed by an "
                        + "authority of your own")
            }
        } else {
            sslMode = isLocal ? .prefer : .verifyFull
        }

        try Self.refuseForeign(options)
        for keyword in Self.ownKeywords where options.value(keyword) != nil {
            warnings.append("has \(keyword), which the programs set themselves; remove it")
        }
        hostLimit = try options.number("connect_timeout", in: 0...3600).flatMap { seconds in
            // libpq's own rules: 0 means without a limit, and 1 is rounded up.
            seconds == 0 ? nil : .seconds(max(2, seconds))
        }
        var parameters = options.values
        for keyword in Self.ownKeywords.union(Self.readHere) { parameters[keyword] = nil }
        for (keyword, range) in Self.numbers { _ = try options.number(keyword, in: range) }
        self.parameters = parameters
        self.warnings = warnings
    }

    /// Whether a text is meant as one.
    package static func isURL(_ text: String) -> Bool {
        text.hasPrefix("postgresql://") || text.hasPrefix("postgres://")
    }

    /// What may be shown: servers and database, for example `db1.example.com:5432,db2.example.com:5432/polarai`.
    package var place: String {
        let servers = hosts.map(\.description).joined(separator: ",")
        let text = database.map { "\(servers)/\($0)" } ?? servers
        return SafeText.line(text, maximumBytes: 200)
    }

    /// Whether a password is part of it.
    package var holdsPassword: Bool { secrets.count > 1 }

    // MARK: - Keywords

    /// Set by the programs, whatever the address says.
    private static let ownKeywords: Set<String> = [
        "application_name", "fallback_application_name", "client_encoding", "gssencmode",
    ]
    /// Read above or below, and not handed on as they are.
    private static let readHere: Set<String> = [
        "host", "hostaddr", "port", "user", "dbname", "sslmode", "connect_timeout", "target_session_attrs",
        "load_balance_hosts",
    ]
    private static let numbers: [(keyword: String, range: ClosedRange<Int>)] = [
        ("keepalives", 0...1), ("keepalives_idle", 0...86_400), ("keepalives_interval", 0...86_400),
        ("keepalives_count", 0...1000), ("tcp_user_timeout", 0...86_400_000),
    ]

    private static func refuseForeign(_ options: ParsedOptions) throws(PostgresError) {
        if options.value("service") != nil {
            throw .wrong("has the keyword service, which is not supported; write host, user and database instead")
        }
        if options.value("replication") != nil {
            throw .wrong("has the keyword replication, which is not supported; remove it")
        }
        if let attributes = options.value("target_session_attrs"), !["read-write", "primary"].contains(attributes) {
            throw .wrong(
                "has a target_session_attrs other than read-write; the programs need a server that takes writes, so "
                    + "remove it")
        }
    }
}

extension PostgresError {
    /// - Parameter complaint: goes on from the name of the key, for example `has no host`.
    static func wrong(_ complaint: String) -> PostgresError { PostgresError(.address, complaint) }
}
