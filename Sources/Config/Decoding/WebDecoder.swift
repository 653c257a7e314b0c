import Model

/// `web`: the status page.
struct WebDecoder {
    let context: LoadContext

    func decode(_ value: ValueReader) -> WebSettings? {
        guard let reader = value.object(WebKey.self, example: #"{"listen": "127.0.0.1:9478"}"#) else { return nil }
        reader.refuseUnknownKeys()
        var web = WebSettings()
        web.listen = reader.read(.listen) { listen($0) } ?? web.listen
        web.tls = reader.read(.tls) { tls($0) }
        web.users = reader.read(.users) { users($0) } ?? [:]
        web.token = reader.read(.token) { token($0) }
        web.hosts = Set(reader.read(.hosts) { $0.list(#"["status.example.com"]"#, host) } ?? [])
        web.basePath = reader.read(.basePath) { basePath($0) } ?? ""
        web.externalURL = reader.read(.externalURL) { externalURL($0) }
        if let host = web.externalURL?.host { web.hosts.insert(host) }
        web.taskMetrics = reader.read(.taskMetrics) { $0.word(TaskMetrics.self) } ?? web.taskMetrics
        warnAboutExposure(web, reader)
        return web
    }

    private func warnAboutExposure(_ web: WebSettings, _ reader: ObjectReader<WebKey>) {
        guard let open = web.listen.first(where: { !$0.isLoopback }) else { return }
        if !reader.has(.tls) {
            context.warning(
                reader.path(.listen),
                "other hosts can reach \(open.text), and without \"tls\" everything is sent unencrypted, passwords "
                    + "and tokens among it; add \"tls\", or listen on loopback behind a reverse proxy")
        }
        // An empty object names nobody.
        if web.users.isEmpty, !reader.has(.token) {
            context.warning(
                reader.path(.listen),
                "other hosts can reach \(open.text), and without \"users\" and \"token\" everybody there can read "
                    + "all of it; add one of them, or listen on loopback")
        }
    }

    // MARK: Listening

    private func listen(_ value: ValueReader) -> [ListenAddress]? {
        guard let items = value.value.arrayValue else { return listenAddress(value).map { [$0] } }
        guard !items.isEmpty else { return value.refuse("is an empty list; write one such as \"127.0.0.1:9478\"") }
        var places: [ListenAddress: ConfigPath] = [:]
        return value.list(#"["127.0.0.1:9478", "[::1]:9478"]"#) { item -> ListenAddress? in
            guard let address = listenAddress(item) else { return nil }
            if let first = places[address] {
                return item.refuse("\"\(address.text)\" is already listed at \(first.text); keep one")
            }
            places[address] = item.path
            return address
        }
    }

    private func listenAddress(_ value: ValueReader) -> ListenAddress? {
        let wanted = "write HOST:PORT, such as \"127.0.0.1:9478\" or \"[::1]:9478\""
        guard let text = value.text(wanted) else { return nil }
        guard let address = ListenAddress(text) else {
            return value.refuse("\(value.shown(text)) is not an address to listen on; \(wanted)")
        }
        return address
    }

    private func tls(_ value: ValueReader) -> WebTLS? {
        let example = #"{"cert": "/etc/polarai/web.pem", "key": "/etc/polarai/web.key"}"#
        guard let reader = value.object(WebTLSKey.self, example: example) else { return nil }
        reader.refuseUnknownKeys()
        let certificate = reader.require(.cert, "write the path of the certificate, a PEM file") {
            $0.pem(("-----BEGIN CERTIFICATE-----", "PEM certificate"))
        }
        let key = reader.require(.key, "write the path of the certificate's key, a PEM file") {
            $0.pem(("PRIVATE KEY-----", "PEM private key"))
        }
        guard let certificate, let key else { return nil }
        return WebTLS(certificate: certificate, key: key)
    }

    // MARK: Access

    private func users(_ value: ValueReader) -> [String: String]? {
        value.map(#"{"alice": "$2y$10$…"}"#) { name, entry -> String? in
            guard Disclosure.isUserName(name) else {
                return entry.refuse(
                    "is not a valid user name; use up to 64 letters, digits, '-', '_', '.', '+' and '@'")
            }
            let wanted = "write the bcrypt hash of the password, as htpasswd -nB prints it after the colon"
            guard let hash = entry.text(wanted) else { return nil }
            guard let cost = Self.bcryptCost(of: hash) else {
                return entry.refuse("is not a bcrypt hash, which starts with $2a$, $2b$ or $2y$; \(wanted)")
            }
            if cost > Self.slowCost {
                context.warning(
                    entry.path, "has the cost \(cost), and each login takes long to check; 10 to 12 is usual")
            }
            return hash
        }
    }

    /// A cost above this takes more than a second on today's machines.
    private static let slowCost = 14

    /// - Returns: nil if the text is not a bcrypt hash: `$2b$`, the cost, `$`, 22 characters of salt and 31 of hash.
    private static func bcryptCost(of text: String) -> Int? {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].isEmpty, ["2a", "2b", "2y"].contains(parts[1]), parts[2].utf8.count == 2,
            parts[2].utf8.allSatisfy(\.isDigit), let cost = Int(parts[2]), (4...31).contains(cost),
            parts[3].utf8.count == 53,
            parts[3].utf8.allSatisfy({ $0.isLetter || $0.isDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/") }
            )
        else { return nil }
        return cost
    }

    private func token(_ value: ValueReader) -> Secret? {
        guard let checked = value.checkedSecret() else { return nil }
        guard let text = checked.value else { return checked.secret }
        // What a header can carry after "Bearer " (RFC 6750, 2.1).
        guard text.utf8.allSatisfy({ $0.isLetter || $0.isDigit || "-._~+/=".utf8.contains($0) }) else {
            return value.refuse(
                "contains a character that a bearer token cannot have; use letters, digits and -._~+/, for example "
                    + "the output of openssl rand -hex 32")
        }
        if text.utf8.count < Self.shortestToken {
            context.warning(
                value.path, "is short enough to be guessed; use the output of openssl rand -hex 32 for example")
        }
        return checked.secret
    }

    private static let shortestToken = 16

    // MARK: Names and paths

    private func host(_ value: ValueReader) -> String? {
        let wanted = "write a host's name such as \"status.example.com\", without scheme and port"
        guard let text = value.text(wanted) else { return nil }
        let host = text.hasSuffix(".") ? String(text.dropLast()) : text
        guard !host.isEmpty, host.utf8.count <= 253,
            host.utf8.allSatisfy({ $0.isLetter || $0.isDigit || "-._".utf8.contains($0) }),
            !host.split(separator: ".", omittingEmptySubsequences: false).contains("")
        else { return value.refuse("\(value.shown(text)) is not the name of a host; \(wanted)") }
        return host.lowercased()
    }

    private func basePath(_ value: ValueReader) -> String? {
        let wanted = "write a path such as \"/polarai\""
        guard let text = value.text(wanted) else { return nil }
        guard text.hasPrefix("/") else { return value.refuse("does not start with /; \(wanted)") }
        var path = text
        if path.hasSuffix("/") { path.removeLast() }
        guard path.utf8.count <= 256,
            path.utf8.allSatisfy({ $0.isLetter || $0.isDigit || "/-._~".utf8.contains($0) }),
            !path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().contains(where: { part in
                part.isEmpty || part == "." || part == ".."
            })
        else { return value.refuse("\(value.shown(text)) is not a valid path; \(wanted)") }
        return path
    }

    private func externalURL(_ value: ValueReader) -> WebAddress? {
        let wanted = "write one such as \"https://status.example.com\""
        guard let text = value.text(wanted) else { return nil }
        guard let address = WebAddress(text.hasSuffix("/") ? String(text.dropLast()) : text), address.isHTTP else {
            return value.refuse("is not a URL of the form https://HOST; \(wanted)")
        }
        guard address.hasPlainHost else { return value.refuse(ValueReader.foreignHost) }
        guard !address.hasUser, address.query == nil, !address.hasFragment else {
            return value.refuse("contains more than scheme, host, port and path; \(wanted)")
        }
        return address
    }
}

extension ValueReader {
    /// A PEM text: a path, or where else it is read.
    fileprivate func pem(_ marker: (text: String, kind: String)) -> Secret? {
        guard value.objectValue != nil else {
            guard let file = filePath() else { return nil }
            context.checkFile(file, at: path, marker: marker)
            return Secret(.file(file))
        }
        guard let checked = checkedSecret() else { return nil }
        if let text = checked.value, !text.contains(marker.text) {
            return refuse("does not contain a \(marker.kind)")
        }
        return checked.secret
    }
}
