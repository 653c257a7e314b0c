package import Model

/// The status page: `web`.
package struct WebSettings: Hashable, Sendable {
    /// At least one.
    package var listen = [ListenAddress(host: "127.0.0.1", port: 9478)]
    /// Nil means plain HTTP.
    package var tls: WebTLS?
    /// The users' bcrypt hashes by name; empty means that nobody has a password.
    package var users: [String: String] = [:]
    /// What scripts and scrapers show as `Authorization: Bearer`.
    package var token: Secret?
    /// The names it answers to beside IP addresses and loopback names: in lower case, without a port. The host of
    /// `externalURL` is among them.
    package var hosts: Set<String> = []
    /// What every path begins with: empty, or `/status` without a slash at its end.
    package var basePath = ""
    /// What links to the outside begin with, behind a reverse proxy; its path has no slash at its end.
    package var externalURL: WebAddress?
    /// Which tasks have series of their own in `/metrics`.
    package var taskMetrics = TaskMetrics.running
}

/// A certificate and its key, each a PEM text that is read again when it is used.
package struct WebTLS: Hashable, Sendable {
    package let certificate: Secret
    package let key: Secret
}

/// Where a server listens: `127.0.0.1:9478`, `[::1]:9478`, `status.example.com:443`.
package struct ListenAddress: Hashable, Sendable {
    /// In lower case; an IPv6 address without brackets.
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// - Returns: nil if the text is not a host and a port from 1 to 65535.
    package init?(_ text: String) {
        guard let address = WebAddress("tcp://" + text), let port = address.port, !address.hasUser,
            address.path.isEmpty, address.query == nil, !address.hasFragment
        else { return nil }
        self.init(host: address.host, port: port)
    }

    /// Whether only this host can reach it.
    package var isLoopback: Bool { WebAddress.isLoopback(host) }

    package var text: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}
