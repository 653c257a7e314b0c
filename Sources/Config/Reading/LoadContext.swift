import Files
import Model

/// What one load collects: findings, and which secrets stand in the file itself.
final class LoadContext {
    let environment: HostEnvironment
    let secrets: SecretReading
    private(set) var findings: [Finding] = []
    private(set) var hasMistakes = false

    private let purpose: ConfigLoader.Purpose
    /// Where relative paths start: the folder of the config.
    private let folder: String
    private var literalSecrets: [String] = []

    /// The kinds of target there are.
    let targets: TargetTable
    let places: KeyPlaces
    let checks: ConfigChecks

    init(
        path: String, environment: HostEnvironment, purpose: ConfigLoader.Purpose, targets: TargetTable,
        checks: ConfigChecks
    ) {
        self.targets = targets
        places = KeyPlaces(targets: targets)
        self.checks = checks
        self.environment = environment
        self.purpose = purpose
        secrets = SecretReading(environment: environment)
        folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    /// The whole file.
    var root: ConfigPath { .start(places) }

    func mistake(_ path: ConfigPath, _ message: String) {
        hasMistakes = true
        findings.append(Finding(.mistake, at: path.text, message))
    }

    func report(_ duplicate: JSONText.DuplicateKey) {
        mistake(duplicate.path, "appears again on line \(duplicate.line); keep one of the two")
    }

    func warning(_ path: ConfigPath, _ message: String) {
        guard isOurs(path) else { return }
        findings.append(Finding(.warning, at: path.text, message))
    }

    func note(_ path: ConfigPath, _ message: String) {
        guard isOurs(path) else { return }
        findings.append(Finding(.note, at: path.text, message))
    }

    /// Whether the program that loads the config uses what stands here. The files and secrets of the others may be
    /// unreadable to it, and it leaves them alone.
    private func isOurs(_ path: ConfigPath) -> Bool {
        switch purpose {
        case .inspection: true
        case .service: path.root != RootKey.web.rawValue
        case .web: path.root == RootKey.web.rawValue
        }
    }

    func resolve(_ path: String) -> String {
        path.hasPrefix("/") ? path : folder + path
    }

    /// Remembers that a secret is written into the config itself.
    func noteLiteralSecret(_ path: ConfigPath) {
        literalSecrets.append(path.text)
    }

    /// The secret's value now, or nil if it cannot be read, which is reported.
    ///
    /// Nil, too, for a secret that the program does not use.
    func value(of secret: Secret, at path: ConfigPath) -> String? {
        if case .literal(let text) = secret.source { return text }
        guard isOurs(path) else { return nil }
        do {
            return try secrets.read(secret)
        } catch {
            if error.isOutsideUnit, purpose == .inspection {
                note(path, "cannot be checked here: \(error.message)")
            } else {
                mistake(path, error.message)
            }
            return nil
        }
    }

    /// Checks that a file can be read and holds what it is named for.
    ///
    /// - Parameter marker: a text that such a file contains, with what it then is: PEM's `BEGIN` lines.
    /// - Returns: its bytes, or nil if something is wrong with it, which is reported.
    @discardableResult
    func checkFile(
        _ file: String, at path: ConfigPath, marker: (text: String, kind: String)? = nil
    ) -> [UInt8]? {
        guard isOurs(path) else { return nil }
        let shown = ShownPath.words(file)
        do {
            let content = try FileContent(path: file, maximumSize: 8 << 20)
            if let marker, !String(decoding: content.bytes, as: UTF8.self).contains(marker.text) {
                mistake(path, "\(shown) does not contain a \(marker.kind)")
                return nil
            }
            return content.bytes
        } catch {
            mistake(path, "\(shown) \(error.message)")
            return nil
        }
    }

    func warnAboutReadableSecrets(permissions: UInt32?) {
        guard purpose != .web, let permissions, permissions & 0o044 != 0, !literalSecrets.isEmpty else { return }
        let listed = literalSecrets.prefix(3).joined(separator: ", ")
        let more = literalSecrets.count > 3 ? " and \(literalSecrets.count - 3) more" : ""
        let everybody = permissions & 0o004 != 0
        let mode = "0" + String(permissions, radix: 8)
        let message =
            "\(everybody ? "everybody on this host" : "members of the file's group") can read the secrets in it "
            + "(\(listed)\(more)): its mode is \(mode); "
            + (everybody
                ? "use {\"file\": PATH} or {\"credential\": NAME} in their place, or chmod 640 it"
                : "to hide them from the group, use {\"file\": PATH} or {\"credential\": NAME} in their place; leave the mode "
                    + "as it is if the service reads the config through this group")
        findings.append(Finding(everybody ? .warning : .note, at: "", message))
    }
}
