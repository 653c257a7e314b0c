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
                text.contains("://") || text.contains(where: \.isWhitespace) ? "" : "; does https:// miss in front?"
            return refuse("is no URL of the form https://HOST/PATH\(hint)")
        }
        guard address.isHTTP else {
            return refuse(
                "is a URL of the scheme \"\(address.scheme)\"; write one that begins with https:// or http://")
        }
        guard !address.hasFragment else {
            return refuse("has a '#' in it, and what follows would never be sent; write %23")
        }
        return (checked.secret, address)
    }

    /// `host`, `host:port` or a URL without a path; `http://` on loopback only.
    ///
    /// - Parameter plainHosts: further hosts that may be called by http://, the metadata service of an ECS host say.
    func endpoint(plainHosts: Set<String> = []) -> String? {
        let wanted = "write a host, host:port or https://HOST"
        guard let text = text(wanted) else { return nil }
        guard let address = WebAddress(text.contains("://") ? text : "https://" + text) else {
            return refuse("\(JSONValueText.quote(text)) is no endpoint; \(wanted)")
        }
        guard address.isHTTP else {
            return refuse("has the scheme \"\(address.scheme)\"; write https://, or http:// for a host on loopback")
        }
        guard address.scheme == "https" || address.isLoopback || plainHosts.contains(address.host) else {
            return refuse(
                "\(JSONValueText.quote(text)) would send signed requests in the clear; "
                    + "write https://, http:// is for loopback only")
        }
        guard !address.hasUser, address.query == nil, !address.hasFragment, ["", "/"].contains(address.path) else {
            return refuse("has more than a host and a port in it; \(wanted)")
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
        guard let address = WebAddress(text) else { return refuse("is no proxy's URL; \(wanted)") }
        guard schemes.contains(address.scheme) else {
            return refuse("has the scheme \"\(address.scheme)\"; \(wanted)")
        }
        return checked.secret
    }

    /// A region's id: it becomes a part of a host's name.
    func region() -> String? {
        let wanted = "write one such as \"cn-beijing\""
        guard let text = text(wanted) else { return nil }
        let bytes = text.utf8
        guard bytes.allSatisfy({ $0.isLowercaseLetter || $0.isDigit || $0 == UInt8(ascii: "-") }),
            bytes.contains(UInt8(ascii: "-")), bytes.last != UInt8(ascii: "-"), bytes.first?.isLowercaseLetter == true,
            bytes.count <= 63
        else { return refuse("\(JSONValueText.quote(text)) is no region's id; \(wanted)") }
        return text
    }

    /// A PEM file that can be read.
    func certificateFile() -> String? {
        guard let file = filePath() else { return nil }
        context.checkFile(file, at: path, marker: ("-----BEGIN CERTIFICATE-----", "PEM certificate"))
        return file
    }

    func keyFile() -> String? {
        guard let file = filePath() else { return nil }
        context.checkFile(file, at: path, marker: ("PRIVATE KEY-----", "PEM private key"))
        return file
    }

    func readableFile() -> String? {
        guard let file = filePath() else { return nil }
        context.checkFile(file, at: path)
        return file
    }
}
