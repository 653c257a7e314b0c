/// An address whose path, query, user and password may be credentials, as nearly every chat robot's is.
struct SecretAddress {
    private let scheme: String?
    private let login: String?
    private let host: String
    private let path: String?
    private let query: String?

    init(_ url: String) {
        let (address, query) = url.halves(at: "?")
        let (scheme, rest) = address.halves(at: "://")
        let (authority, path) = (rest ?? scheme).halves(at: "/")
        let (login, host) = authority.halves(at: "@")
        self.scheme = rest == nil ? nil : scheme
        self.login = host == nil ? nil : login
        self.host = host ?? login
        self.path = path
        self.query = query
    }

    /// Scheme and host, and that there is more.
    var masked: String {
        (scheme.map { $0 + "://" } ?? "") + (login == nil ? "" : "\(Redaction.mark)@") + host
            + (path.map { $0.isEmpty ? "/" : "/\(Redaction.mark)" } ?? "") + (query == nil ? "" : "?\(Redaction.mark)")
    }

    /// What must not be seen of it.
    var secretParts: [String] {
        var parts: [String] = []
        if let login { parts += login.split(separator: ":").map(String.init) + [login] }
        // Tokens differ from the words of a path by their length.
        if let path {
            parts += ([path] + path.split(separator: "/").map(String.init)).filter { $0.utf8.count >= 16 }
        }
        for pair in (query ?? "").split(separator: "&") {
            let value = String(pair).halves(at: "=").1 ?? String(pair)
            if value.utf8.count >= 8 { parts.append(value) }
        }
        return parts
    }
}
