import Files
package import Model

/// Reads secrets from where a config says they are, anew at each use.
package struct SecretReading: Sendable {
    /// Longer than any token, key or URL.
    private static let maximumSize = 64 << 10

    private let environment: HostEnvironment

    package init(environment: HostEnvironment) {
        self.environment = environment
    }

    /// What the other modules take.
    package var reader: SecretReader {
        { secret in try read(secret) }
    }

    /// - Throws: `SecretError`, which names the place and never the value.
    package func read(_ secret: Secret) throws(SecretError) -> String {
        switch secret.source {
        case .literal(let value):
            return value
        case .file(let path):
            return try content(of: path, named: ShownPath.words(path))
        case .environment(let name):
            let shown = Disclosure.isSourceName(name) ? "the variable \(name)" : "the variable named here"
            guard let value = environment.variables[name] else { throw SecretError("\(shown) is not set") }
            guard !value.isEmpty else { throw SecretError("\(shown) is empty") }
            try Self.check(value, named: shown)
            return value
        case .credential(let name):
            let isShown = Disclosure.isSourceName(name)
            let shown = isShown ? "the credential \(name)" : "the credential named here"
            let setting = "LoadCredential=\(isShown ? name : "NAME"):PATH"
            guard let folder = environment.credentialsDirectory else {
                throw SecretError(
                    "\(shown) can be read only inside the service: systemd sets $CREDENTIALS_DIRECTORY for a unit with "
                        + "\(setting); to read it here, start this command with `systemd-run --pipe --wait -p User=polarai "
                        + "-p \(setting)`",
                    isOutsideUnit: true)
            }
            return try content(
                of: folder + "/" + name, named: shown,
                ifMissing: "is not among the unit's credentials; add \(setting) to the unit and restart it")
        }
    }

    private func content(of path: String, named name: String, ifMissing: String? = nil) throws(SecretError) -> String {
        let file: FileContent
        do {
            file = try FileContent(path: path, maximumSize: Self.maximumSize)
        } catch {
            throw SecretError("\(name) \(error.isMissing ? ifMissing ?? error.message : error.message)")
        }
        var bytes = file.bytes[...]
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw SecretError("\(name) is UTF-16 text; save it as UTF-8")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SecretError("\(name) is not UTF-8 text")
        }
        guard !text.isEmpty else { throw SecretError("\(name) is empty") }
        try Self.check(text, named: name)
        return text
    }

    /// - Throws: if a secret has anything in it that nobody sees, or more than one line and is not a certificate or key
    ///   (PEM, RFC 7468, has lines). Line breaks at its end are let pass: files have them, and whoever uses the secret
    ///   leaves them out.
    private static func check(_ text: String, named name: String) throws(SecretError) {
        if let hidden = HiddenCharacter.first(in: text) {
            throw SecretError(
                "\(name) contains \(hidden), which does not belong in a secret; write it again without it")
        }
        let content = text.trimmed
        let isPEM = content.contains("-----BEGIN ")
        guard isPEM || !content.contains(where: \.isNewline) else {
            throw SecretError("\(name) contains more than one line; a secret is one line")
        }
        let control = content.unicodeScalars.first {
            ($0.value < 0x20 && $0 != "\t" || $0.value == 0x7F) && !(isPEM && ($0 == "\n" || $0 == "\r"))
        }
        if let control {
            let code = String(control.value, radix: 16, uppercase: true)
            throw SecretError(
                "\(name) contains a control character (U+\(String(repeating: "0", count: 4 - code.count))\(code)); write it "
                    + "again without it")
        }
    }
}

/// Why a secret cannot be read.
package struct SecretError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Names the file, variable or credential; holds no secret.
    package let message: String
    /// A credential is wanted, but the process does not run in a unit that has credentials.
    package let isOutsideUnit: Bool

    init(_ message: String, isOutsideUnit: Bool = false) {
        self.message = message
        self.isOutsideUnit = isOutsideUnit
    }

    package var description: String { message }
}
