package import Model

/// Takes the secrets out of a text before it is stored, logged or printed.
package struct Masking: Sendable {
    /// In bytes, by the first of them; longest first, so that a secret that contains another one is masked whole.
    private let patterns: [UInt8: [[UInt8]]]
    private let longest: Int

    package static let mark = "***"
    /// How much of an answer is kept, in bytes.
    package static let answerLimit = 4096

    /// - Parameters:
    ///   - urls: addresses whose path, query, user or password may be a credential, as nearly every chat robot's is.
    ///   - secrets: texts to mask as they are, without their prefix, and in every way that answers quote them.
    package init(urls: [String] = [], secrets: [String] = []) {
        self.init(
            forms: (urls.flatMap(Self.secretParts) + secrets).reduce(into: []) { forms, secret in
                forms.formUnion(SecretForms.all(of: secret))
            })
    }

    private init(forms: Set<String>) {
        patterns = Dictionary(grouping: forms.map { Array($0.utf8) }.filter { !$0.isEmpty }) { $0[0] }
            .mapValues { $0.sorted { $0.count > $1.count } }
        longest = patterns.values.compactMap { $0.first?.count }.max() ?? 0
    }

    /// The same, and these secrets, too.
    func adding(_ secrets: [String]) -> Masking {
        let known = patterns.values.joined().map { String(decoding: $0, as: UTF8.self) }
        return Masking(
            forms: secrets.reduce(into: Set(known)) { forms, secret in forms.formUnion(SecretForms.all(of: secret)) })
    }

    /// Compares bytes, not characters: an accent put behind a secret must not hide it.
    package func mask(_ text: String) -> String {
        guard longest > 0 else { return text }
        let bytes = Array(text.utf8)
        var masked: [UInt8] = []
        masked.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            var end = secretEnd(in: bytes, at: index)
            guard end > index else {
                masked.append(bytes[index])
                index += 1
                continue
            }
            // Another one that begins within it may reach farther.
            var next = index + 1
            while next < end {
                end = max(end, secretEnd(in: bytes, at: next))
                next += 1
            }
            masked += Array(Self.mark.utf8)
            index = end
        }
        return String(decoding: masked, as: UTF8.self)
    }

    /// Where the longest secret ends that begins at `index`; `index` where none does.
    private func secretEnd(in bytes: [UInt8], at index: Int) -> Int {
        guard let pattern = patterns[bytes[index]]?.first(where: { bytes[index...].starts(with: $0) }) else {
            return index
        }
        return index + pattern.count
    }

    /// The verdict without secrets, its answer cut to 4 KiB.
    package func mask(_ verdict: Verdict) -> Verdict {
        Verdict(
            verdict.outcome, code: verdict.code.map(mask), httpStatus: verdict.httpStatus,
            reason: verdict.reason.map(mask), answer: verdict.answer.flatMap(masked(answer:)), pause: verdict.pause,
            newChatID: verdict.newChatID)
    }

    /// Masked before it is cut: a secret that straddles the cut must not leave its first half behind. What is masked is
    /// cut beforehand, far enough behind, since an answer may be a megabyte.
    private func masked(answer: String) -> String? {
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
            if value.utf8.count >= 8 { parts.append(value) }
        }
        return parts
    }
}
