import CPostgres
import Glibc

/// Everything that libpq is given for one connection, each thing under its own keyword: a connection string would hold the
/// password, and what is left out would come from the environment or the home folder.
struct ConnectionParameters {
    private var values: [String: String]

    /// - Parameter ip: where to connect, looked up already; nil for a Unix socket.
    init(address: PostgresAddress, options: PostgresOptions, host: PostgresHost, ip: String?) {
        values = [
            "keepalives": "1", "keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3",
            "tcp_user_timeout": "8000",
        ]
        values.merge(address.parameters) { $1 }
        values["sslmode"] = address.sslMode.rawValue
        let authorities = address.parameters["sslrootcert"]
        if authorities == "system" || (authorities == nil && address.sslMode.verifies) {
            values["sslrootcert"] = TrustedAuthorities.bundle
        }
        switch host.place {
        case .socket(let folder): values["host"] = folder
        // The name is what the certificate and the file of passwords are compared with.
        case .network(let name): values["host"] = name
        }
        values["hostaddr"] = ip
        values["port"] = String(host.port)
        values["user"] = address.user
        values["dbname"] = address.database
        values["application_name"] = options.applicationName
        values["client_encoding"] = "UTF8"
        // Its negotiation has no deadline.
        values["gssencmode"] = "disable"
        values["target_session_attrs"] = options.access == .readWrite ? "read-write" : "primary"
    }

    /// Begins the connection. Nothing waits: names are looked up already.
    ///
    /// - Returns: nil if memory runs out.
    func start() -> OpaquePointer? {
        let items = values.sorted { $0.key < $1.key }
        let keys = items.map { strdup($0.key) }
        let texts = items.map { strdup($0.value) }
        defer {
            for key in keys { free(key) }
            for case let text? in texts {
                // One of them is the password.
                explicit_bzero(text, strlen(text))
                free(text)
            }
        }
        let keywords = keys.map { UnsafePointer($0) } + [nil]
        let values = texts.map { UnsafePointer($0) } + [nil]
        return PQconnectStartParams(keywords, values, 0)
    }
}
