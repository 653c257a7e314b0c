import Crypto
package import Model

/// Names what a service counts by, for example a robot's URL, without holding it.
package struct CredentialFingerprint: Hashable, Sendable {
    /// A digest of the secrets, or the target's name.
    private let fingerprint: String

    package init(_ fingerprint: String) {
        self.fingerprint = fingerprint
    }

    /// Equal for targets whose messages a service counts together.
    package init(_ settings: TargetSettings, read: SecretReader) {
        let options = settings.options
        let counted = settings.kind.rules.options.filter(\.isCounted).map(\.name)
        let secrets = settings.urls + counted.compactMap { options[secret: $0] }
        guard !secrets.isEmpty, let values = try? secrets.map(read) else {
            self.init("target \(settings.name)")
            return
        }
        // Telegram counts by chat, ntfy by topic and visitor, CloudMonitor by account,
        // a mail server by user.
        let account =
            settings.kind == .cloudMonitor
            ? options.cloudMonitor.account : options.mail.username ?? options.mail.from
        let parts = [settings.kind.rawValue] + values + counted.map { options[text: $0] ?? "" } + [account]
        var hash = SHA256()
        for part in parts {
            hash.update(data: Array("\(part.utf8.count):\(part)".utf8))
        }
        self.init(hash.finalize().prefix(16).map { String($0, radix: 16) }.joined(separator: "-"))
    }
}
