import Files
import Model

/// What one load gathers on its way: findings, and which secrets stand in the file itself.
final class LoadContext {
    let environment: HostEnvironment
    let secrets: SecretReading
    private(set) var findings: [Finding] = []
    private(set) var hasMistakes = false

    private let purpose: ConfigLoader.Purpose
    /// Where relative paths start: the folder of the config.
    private let folder: String
    private var literalSecrets: [String] = []

    init(path: String, environment: HostEnvironment, purpose: ConfigLoader.Purpose) {
        self.environment = environment
        self.purpose = purpose
        secrets = SecretReading(environment: environment)
        folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    func mistake(_ path: ConfigPath, _ message: String) {
        hasMistakes = true
        findings.append(Finding(.mistake, at: path.text, message))
    }

    func warning(_ path: ConfigPath, _ message: String) {
        findings.append(Finding(.warning, at: path.text, message))
    }

    func note(_ path: ConfigPath, _ message: String) {
        findings.append(Finding(.note, at: path.text, message))
    }

    func resolve(_ path: String) -> String {
        path.hasPrefix("/") ? path : folder + path
    }

    /// Remembers that a secret is written into the config itself.
    func noteLiteralSecret(_ path: ConfigPath) {
        literalSecrets.append(path.text)
    }

    /// The secret's value now, or nil where it cannot be had, which is said.
    func value(of secret: Secret, at path: ConfigPath) -> String? {
        do {
            return try secrets.read(secret)
        } catch {
            if error.isOutsideUnit, purpose == .inspection {
                note(path, "is not checked: \(error.message)")
            } else {
                mistake(path, error.message)
            }
            return nil
        }
    }

    /// Checks that a file can be read and holds what it is named for.
    ///
    /// - Parameter marker: a text that such a file has in it, with what it then is: PEM's `BEGIN` lines.
    func checkFile(_ file: String, at path: ConfigPath, marker: (text: String, kind: String)? = nil) {
        do {
            let content = try FileContent(path: file, maximumSize: 8 << 20)
            if let marker, !String(decoding: content.bytes, as: UTF8.self).contains(marker.text) {
                mistake(path, "\(file) holds no \(marker.kind)")
            }
        } catch {
            mistake(path, "\(file) \(error.message)")
        }
    }

    func warnAboutReadableSecrets(permissions: UInt32?) {
        guard let permissions, permissions & 0o044 != 0, !literalSecrets.isEmpty else { return }
        let listed = literalSecrets.prefix(3).joined(separator: ", ")
        let more = literalSecrets.count > 3 ? " and \(literalSecrets.count - 3) more" : ""
        let everybody = permissions & 0o004 != 0
        let mode = "0" + String(permissions, radix: 8)
        let message =
            "\(everybody ? "everybody on this host" : "the file's group") can read the secrets in it "
            + "(\(listed)\(more)), its mode is \(mode); "
            + "write {\"file\": PATH} or {\"credential\": NAME} in their place, or chmod \(everybody ? "640" : "600") it"
        findings.append(Finding(everybody ? .warning : .note, at: "", message))
    }
}
