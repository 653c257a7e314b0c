package import Model

/// How a server is reached and for how long it may try our patience. TLS is always verified.
package struct ConnectionOptions: Hashable, Sendable {
    /// Name resolution, TCP and TLS together.
    package var connectTimeout: Duration
    /// The whole request, connecting included.
    package var timeout: Duration
    /// A transfer slower than this, in bytes per second, for `lowSpeedTime` on end is given up.
    package var lowSpeedLimit: Int
    /// Counted while the server thinks, too; therefore longer than most timeouts.
    package var lowSpeedTime: Duration
    /// PEM certificates to trust in place of the system's.
    package var caFile: String?
    /// A PEM certificate to show to the server, and its key (if not in the same file).
    package var clientCertificate: String?
    package var clientKey: String?
    package var proxy: ProxyChoice
    /// The Unix socket on which the server is reached, whatever the host in the URL; no proxy is asked then.
    package var unixSocket: String?

    package init(
        connectTimeout: Duration = .seconds(5), timeout: Duration = .seconds(10), lowSpeedLimit: Int = 16,
        lowSpeedTime: Duration = .seconds(30), caFile: String? = nil, clientCertificate: String? = nil,
        clientKey: String? = nil, proxy: ProxyChoice = .environment, unixSocket: String? = nil
    ) {
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        self.lowSpeedLimit = lowSpeedLimit
        self.lowSpeedTime = lowSpeedTime
        self.caFile = caFile
        self.clientCertificate = clientCertificate
        self.clientKey = clientKey
        self.proxy = proxy
        self.unixSocket = unixSocket
    }

    /// The connection part of a config.
    ///
    /// - Throws: what `read` throws if the proxy's URL cannot be read.
    package init(_ settings: ConnectionSettings, read: SecretReader) throws {
        self.init(
            connectTimeout: settings.connectTimeout, timeout: settings.timeout, caFile: settings.caFile,
            clientCertificate: settings.clientCertificate, clientKey: settings.clientKey,
            proxy: try settings.proxy.map { .url(try read($0)) } ?? .environment)
    }
}

/// Through which proxy, if any.
package enum ProxyChoice: Hashable, Sendable {
    /// What `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy` say.
    case environment
    /// Straight to the server whatever the environment says: the metadata service refuses proxied requests.
    case none
    /// This one for every host; may hold a password.
    case url(String)
}
