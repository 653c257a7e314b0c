/// Where the running daemon has its sockets.
package enum RuntimeFolder {
    /// The first of the unit's runtime directories (systemd.exec(5), RuntimeDirectory=: a list separated by colons), else
    /// `/run/polarai`.
    package static func path(environment: [String: String]) -> String {
        environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first.map(String.init) ?? "/run/polarai"
    }

    /// The socket on which the daemon reports its status: `status.sock` in it.
    package static func statusSocket(environment: [String: String]) -> String {
        path(environment: environment) + "/status.sock"
    }
}
