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
            return try content(of: path, named: "the file \(path)")
        case .environment(let name):
            guard let value = environment.variables[name] else { throw SecretError("the variable \(name) is not set") }
            guard !value.isEmpty else { throw SecretError("the variable \(name) is empty") }
            return value
        case .credential(let name):
            guard let folder = environment.credentialsDirectory else {
                throw SecretError(
                    "the credential \(name) is not there: $CREDENTIALS_DIRECTORY is not set; "
                        + "systemd sets it for a unit with LoadCredential=\(name):PATH",
                    isOutsideUnit: true)
            }
            return try content(
                of: folder + "/" + name, named: "the credential \(name)",
                ifMissing: "is not among the unit's credentials; add LoadCredential=\(name):PATH to it and restart it")
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
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SecretError("\(name) is not UTF-8 text")
        }
        guard !text.isEmpty else { throw SecretError("\(name) is empty") }
        return text
    }
}

/// Why a secret cannot be had.
package struct SecretError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Names the file, variable or credential; holds no secret.
    package let message: String
    /// A credential was asked for where systemd gives none.
    package let isOutsideUnit: Bool

    init(_ message: String, isOutsideUnit: Bool = false) {
        self.message = message
        self.isOutsideUnit = isOutsideUnit
    }

    package var description: String { message }
}
