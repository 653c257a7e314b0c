package import Model

/// Takes the secrets out of a text before it is stored, logged or printed.
package struct Masking: Sendable {
    /// Longest first, so that a secret that contains another one is masked whole.
    private let secrets: [String]

    package static let mark = "***"
    /// How much of an answer is kept, in bytes.
    package static let answerLimit = 4096
    /// Masking anything shorter would tear holes into ordinary words and hide nothing.
    private static let shortest = 4

    /// - Parameters:
    ///   - urls: addresses whose path, query, user or password may be a credential, as nearly every chat robot's is.
    ///   - secrets: texts to mask as they are.
    package init(urls: [String] = [], secrets: [String] = []) {
        var parts: Set<String> = []
        for url in urls {
            parts.formUnion(Self.secretParts(of: url))
        }
        for secret in secrets.flatMap(Self.spellings) {
            parts.formUnion([secret, PercentEncoding.encode(secret), Self.quoted(secret)])
        }
        self.secrets = parts.filter { $0.utf8.count >= Self.shortest }
            .sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    }

    /// A signing secret is as telling without the `whsec_` in front of it, and receivers keep it so.
    private static func spellings(of secret: String) -> [String] {
        let mark = "whsec_"
        return secret.hasPrefix(mark) ? [secret, String(secret.dropFirst(mark.count))] : [secret]
    }

    package func mask(_ text: String) -> String {
        var text = text
        for secret in secrets where text.contains(secret) {
            text = text.replacing(secret, with: Self.mark)
        }
        return text
    }

    /// The verdict without secrets, its answer cut to 4 KiB.
    package func mask(_ verdict: Verdict) -> Verdict {
        Verdict(
            verdict.outcome, code: verdict.code.map(mask), reason: verdict.reason.map(mask),
            answer: verdict.answer.flatMap(masked(answer:)), pause: verdict.pause)
    }

    /// Masked before it is cut: a secret that straddles the cut must not leave its first half behind. What is masked is
    /// cut beforehand, far enough behind, since an answer may be a megabyte.
    private func masked(answer: String) -> String? {
        let longest = secrets.first?.utf8.count ?? 0
        let enough = answer.cut(to: Self.answerLimit * 4 + longest, .bytes)
        return enough.isEmpty ? nil : mask(enough).cut(to: Self.answerLimit, .bytes)
    }

    /// The address without anything that may be secret: `https://hooks.slack.com/***`.
    package static func mask(url: String) -> String {
        let (address, query) = url.halves(at: "?")
        let (scheme, rest) = address.halves(at: "://")
        let (authority, path) = (rest ?? scheme).halves(at: "/")
        let (login, host) = authority.halves(at: "@")
        return (rest == nil ? "" : scheme + "://") + (host.map { "\(mark)@\($0)" } ?? login)
            + (path.map { $0.isEmpty ? "/" : "/\(mark)" } ?? "") + (query == nil ? "" : "?\(mark)")
    }

    private static func secretParts(of url: String) -> [String] {
        let (address, query) = url.halves(at: "?")
        let (scheme, rest) = address.halves(at: "://")
        let (authority, path) = (rest ?? scheme).halves(at: "/")
        let (login, host) = authority.halves(at: "@")
        var parts: [String] = []
        if host != nil {
            parts += login.split(separator: ":").map(String.init) + [login]
        }
        // Tokens stand out from the words of a path by their length.
        if let path {
            parts += ([path] + path.split(separator: "/").map(String.init)).filter { $0.utf8.count >= 16 }
        }
        for pair in (query ?? "").split(separator: "&") {
            let value = String(pair).halves(at: "=").1 ?? String(pair)
            // As the address has it, and as an answer may quote it.
            if value.utf8.count >= 8 { parts += [value, PercentEncoding.decode(value) ?? value] }
        }
        return parts + parts.map(quoted)
    }

    private static func quoted(_ secret: String) -> String {
        var text = ""
        OrderedJSON.escape(secret, into: &text)
        return text
    }
}
