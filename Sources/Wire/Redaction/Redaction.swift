/// Takes secrets out of a text before it is stored, logged, printed or sent. The one place for it.
///
/// Three kinds: secrets that are known, in every spelling (an instance); what looks like a secret in a text of others
/// (`lookalikes`); and addresses, nearly all of which are credentials with chat services (`url`).
///
/// Everything compares bytes: an accent put behind a secret makes another `Character` of its end, but no other bytes.
package struct Redaction: Sendable {
    /// What takes a secret's place.
    package static let mark = "***"

    /// In bytes, by the first of them; longest first, so that a secret that contains another one is masked whole.
    private let patterns: [UInt8: [[UInt8]]]
    /// Of the patterns, in bytes: a text that is cut must be read so much further.
    package let longest: Int

    /// - Parameters:
    ///   - secrets: texts to mask as they are, without their prefix, and in every way that answers quote them.
    ///   - urls: addresses whose path, query, user or password may be a credential.
    package init(secrets: [String] = [], urls: [String] = []) {
        let all = urls.flatMap { SecretAddress($0).secretParts } + secrets
        self.init(forms: all.reduce(into: []) { $0.formUnion(SecretSpellings.all(of: $1)) })
    }

    private init(forms: Set<String>) {
        patterns = Dictionary(grouping: forms.map { Array($0.utf8) }.filter { !$0.isEmpty }) { $0[0] }
            .mapValues { $0.sorted { $0.count > $1.count } }
        longest = patterns.values.compactMap { $0.first?.count }.max() ?? 0
    }

    /// The same, and these secrets, too.
    package func adding(_ secrets: [String]) -> Redaction {
        guard !secrets.isEmpty else { return self }
        let known = patterns.values.joined().map { String(decoding: $0, as: UTF8.self) }
        return Redaction(forms: secrets.reduce(into: Set(known)) { $0.formUnion(SecretSpellings.all(of: $1)) })
    }

    /// The text without the known secrets.
    package func redact(_ text: String) -> String {
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
            masked += Self.mark.utf8
            index = end
        }
        return String(decoding: masked, as: UTF8.self)
    }

    /// The text without the known secrets, cut to size. Masked before it is cut: a secret at the cut must not leave its
    /// first half behind. What is masked is cut beforehand, far enough behind, since an answer may be a megabyte.
    package func redact(_ text: String, upTo bytes: Int) -> String {
        redact(text.cut(to: bytes * 4 + longest, .bytes)).cut(to: bytes, .bytes)
    }

    /// Where the longest secret ends that begins at `index`; `index` if none does.
    private func secretEnd(in bytes: [UInt8], at index: Int) -> Int {
        guard let pattern = patterns[bytes[index]]?.first(where: { bytes[index...].starts(with: $0) }) else {
            return index
        }
        return index + pattern.count
    }

    // MARK: - Without knowing the secrets

    /// Masks what looks like a secret in a text that others wrote: a line of somebody's training log, a server's words.
    ///
    /// By the shape of known keys, by the name that a value is given (`password=…`, `"token": "…"`), and in URLs. One
    /// pass over the bytes, so that no text, however it is made, takes long.
    package static func lookalikes(in text: String) -> String {
        var scanner = SecretScanner(Array(text.utf8))
        return String(decoding: scanner.masked(), as: UTF8.self)
    }

    /// The address without anything that may be secret: `https://hooks.slack.com/***`.
    package static func url(_ url: String) -> String { SecretAddress(url).masked }
}
