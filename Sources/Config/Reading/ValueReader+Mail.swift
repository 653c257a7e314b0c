import Model

extension ValueReader {
    private static var wantedServer: String { "write smtps://HOST, or smtp://HOST for a server with STARTTLS" }

    /// A mail server's URL.
    func mailServer() -> (secret: Secret, address: WebAddress?)? {
        let checked = checkedSecret { WebAddress($0)?.hasUser ?? true }
        guard let checked else { return nil }
        guard let text = checked.value else { return (checked.secret, nil) }
        guard let address = WebAddress(text) else {
            return refuse("is not the URL of a mail server; \(Self.wantedServer)")
        }
        guard address.scheme == "smtp" || address.scheme == "smtps" else {
            return refuse("\(Self.schemeComplaint(address)); \(Self.wantedServer)")
        }
        guard address.hasPlainHost else { return refuse(Self.foreignHost) }
        guard !address.hasUser else {
            return refuse("contains a user; write it as \"username\" and \"password\"")
        }
        guard address.query == nil, !address.hasFragment, ["", "/"].contains(address.path) else {
            return refuse("contains more than a host and a port; \(Self.wantedServer)")
        }
        return (checked.secret, address)
    }

    /// Recipients, each once.
    func mailAddresses() -> [String]? {
        guard value.stringValue == nil else {
            return refuse(#"is a string; write a list such as ["ops@example.com"]"#)
        }
        guard value.arrayValue?.isEmpty != true else { return refuse("is an empty list; write at least one address") }
        guard (value.arrayValue?.count ?? 0) <= Self.mostRecipients else {
            return refuse("has more than \(Self.mostRecipients) addresses; use the address of a mailing list")
        }
        var seen: Set<String> = []
        return list(#"["ops@example.com"]"#) { item in
            guard let address = item.mailAddress() else { return nil }
            guard seen.insert(address.lowercased()).inserted else { return item.refuse("is listed twice") }
            return address
        }
    }

    private static var mostRecipients: Int { 100 }

    /// A bare address: it goes into the talk with the server as it is, so nothing but one may get through.
    func mailAddress() -> String? {
        let wanted = "write a bare address such as \"ops@example.com\""
        guard let text = text(wanted) else { return nil }
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
            return refuse("contains non-ASCII characters; write an international domain as xn--…")
        }
        guard !text.contains("<"), !text.contains(" ") else {
            return refuse("contains more than the address; \(wanted)")
        }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, Self.isLocalPart(parts[0]), Self.isDomain(parts[1]) else {
            return refuse("is not a mail address; \(wanted)")
        }
        return text
    }

    /// A dot-atom (RFC 5321, 4.1.2); quoted ones are not for people.
    private static func isLocalPart(_ text: Substring) -> Bool {
        let words = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 64
            && words.allSatisfy { word in
                !word.isEmpty && word.utf8.allSatisfy { $0.isLetterOrDigit || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
            }
    }

    /// A name, or an address literal such as `[192.0.2.1]`.
    private static func isDomain(_ text: Substring) -> Bool {
        if text.hasPrefix("["), text.hasSuffix("]") {
            return text.utf8.count > 2
                && text.dropFirst().dropLast().utf8.allSatisfy { $0.isLetterOrDigit || ".:".utf8.contains($0) }
        }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }
        }
    }

    /// What a mail server is greeted with.
    func helloName() -> String? {
        let wanted = "write this host's full name, such as \"watcher.example.com\""
        guard let text = text(wanted) else { return nil }
        guard text.utf8.count <= 255, Self.isDomain(text[...]) else { return refuse("is not a host's name; \(wanted)") }
        return text
    }
}
