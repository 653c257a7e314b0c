import Model

extension ValueReader {
    /// An http or https URL, which is a secret as a whole.
    ///
    /// - Returns: the secret, and the URL's parts where it can be read now.
    func url(isSecretWhenLiteral: (WebAddress) -> Bool = { _ in true }) -> (secret: Secret, address: WebAddress?)? {
        let checked = checkedSecret { text in WebAddress(text).map(isSecretWhenLiteral) ?? true }
        guard let checked else { return nil }
        guard let text = checked.value else { return (checked.secret, nil) }
        guard let address = WebAddress(text) else {
            let hint =
                text.contains("://") || text.contains(where: \.isWhitespace) ? "" : "; is https:// missing?"
            return refuse("is not a URL of the form https://HOST/PATH\(hint)")
        }
        guard address.scheme != "smtp", address.scheme != "smtps" else {
            return refuse("is the address of a mail server; add \"type\": \"email\" to the target")
        }
        guard address.isHTTP else {
            return refuse("\(Self.schemeComplaint(address)); write a URL that starts with https:// or http://")
        }
        guard !address.hasFragment else {
            return refuse("contains a '#', and what follows it would never be sent; write %23")
        }
        guard address.hasPlainHost else { return refuse(Self.foreignHost) }
        return (checked.secret, address)
    }

    /// `host`, `host:port` or a URL without a path; `http://` on loopback only.
    ///
    /// - Parameter plainHosts: further hosts that may be called by http://, for example the metadata service of an ECS host.
    func endpoint(plainHosts: Set<String> = []) -> String? {
        let wanted = "write a host, host:port or https://HOST"
        guard let text = text(wanted) else { return nil }
        guard let address = WebAddress(text.contains("://") ? text : "https://" + text) else {
            return refuse("is not a valid endpoint; \(wanted)")
        }
        guard address.hasPlainHost else { return refuse(Self.foreignHost) }
        // What the API's client takes for a host.
        guard address.host.utf8.allSatisfy({ $0.isLetter || $0.isDigit || ".-_:".utf8.contains($0) }) else {
            return refuse("has a character in its host that is not a letter, a digit, '.', '-' or '_'; \(wanted)")
        }
        guard address.isHTTP else {
            return refuse("\(Self.schemeComplaint(address)); write https://, or http:// for a host on loopback")
        }
        guard address.scheme == "https" || address.isLoopback || plainHosts.contains(address.host) else {
            return refuse(
                "would send signed requests unencrypted; write https:// (http:// is allowed for loopback only)")
        }
        guard !address.hasUser, address.query == nil, !address.hasFragment, ["", "/"].contains(address.path) else {
            return refuse("contains more than a host and a port; \(wanted)")
        }
        return text
    }

    /// A proxy's URL, or `none` to use none whatever the environment says (an empty literal).
    func proxy() -> Secret? {
        if value.stringValue == "none" { return Secret(.literal("")) }
        let schemes = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]
        let wanted = "write http://HOST:PORT, socks5h://HOST:PORT or \"none\""
        guard let checked = checkedSecret(isSecretWhenLiteral: { WebAddress($0)?.hasUser ?? true }) else { return nil }
        guard let text = checked.value else { return checked.secret }
        guard let address = WebAddress(text) else { return refuse("is not a valid proxy URL; \(wanted)") }
        guard schemes.contains(address.scheme) else {
            return refuse("\(Self.schemeComplaint(address)); \(wanted)")
        }
        guard address.hasPlainHost else { return refuse(Self.foreignHost) }
        return checked.secret
    }

    /// An internationalised domain name: whether it can be looked up depends on the locale that the program runs in.
    static let foreignHost =
        "has non-ASCII letters in its host; write its punycode form, which begins with xn-- (RFC 3492; "
        + "`idn2 HOST` prints it)"

    /// Names the scheme if it is one: what stands before `://` may also be a part of a secret.
    static func schemeComplaint(_ address: WebAddress) -> String {
        Disclosure.isScheme(address.scheme)
            ? "has the scheme \"\(address.scheme)\"" : "has a scheme that is not known here"
    }

    /// A region's id: it becomes a part of a host's name.
    func region() -> String? {
        let wanted = "write one such as \"cn-beijing\""
        guard let text = text(wanted) else { return nil }
        let bytes = text.utf8
        guard bytes.allSatisfy({ $0.isLowercaseLetter || $0.isDigit || $0 == UInt8(ascii: "-") }),
            bytes.contains(UInt8(ascii: "-")), bytes.last != UInt8(ascii: "-"), bytes.first?.isLowercaseLetter == true,
            bytes.count <= 63
        else { return refuse("\(shown(text)) is not a valid region id; \(wanted)") }
        return text
    }

    /// A PEM file that can be read.
    func certificateFile() -> String? {
        guard let file = filePath() else { return nil }
        context.checkFile(file, at: path, marker: ("-----BEGIN CERTIFICATE-----", "PEM certificate"))
        return file
    }

    /// - Parameter needsKeyInside: whether the key has to be in the same file, as none is named.
    func clientCertificateFile(needsKeyInside: Bool) -> String? {
        guard let file = filePath() else { return nil }
        let content = context.checkFile(file, at: path, marker: ("-----BEGIN CERTIFICATE-----", "PEM certificate"))
        if needsKeyInside, let content, !String(decoding: content, as: UTF8.self).contains("PRIVATE KEY-----") {
            return refuse("does not contain the private key; set client_key to the file that contains it")
        }
        return file
    }

    func keyFile() -> String? {
        guard let file = filePath() else { return nil }
        context.checkFile(file, at: path, marker: ("PRIVATE KEY-----", "PEM private key"))
        return file
    }

    /// A file that holds a token and nothing else.
    func tokenFile() -> String? {
        guard let file = filePath() else { return nil }
        // What is wrong with it is reported as for any other secret in a file.
        guard context.value(of: Secret(.file(file)), at: path) != nil else { return nil }
        return context.checks.tokenFile(file).map { refuse($0) } ?? file
    }

    func readableFile() -> String? {
        guard let file = filePath() else { return nil }
        context.checkFile(file, at: path)
        return file
    }
}
