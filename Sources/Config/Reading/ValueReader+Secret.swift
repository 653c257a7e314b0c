import Model

enum SecretKey: String, ConfigKey {
    case file, env, credential
}

extension ValueReader {
    private static var wanted: String { #"write a string, {"file": PATH}, {"env": NAME} or {"credential": NAME}"# }

    /// A secret, whose value is checked to be there now.
    func secret() -> Secret? {
        checkedSecret()?.secret
    }

    /// A secret with its value, which is nil if it cannot be read.
    ///
    /// - Parameter isSecretWhenLiteral: false for what need not be hidden, for example the address of a server.
    func checkedSecret(
        isSecretWhenLiteral: (String) -> Bool = { _ in true }
    ) -> (secret: Secret, value: String?)? {
        guard let source = secretSource() else { return nil }
        let secret = Secret(source)
        let value = context.value(of: secret, at: path)
        if let value, !secret.isLiteral, let placeholder = Placeholder(in: value.trimmed) {
            guard placeholder == .partly else {
                return refuse(
                    "points to a file, variable or credential that contains a placeholder such as ${NAME}, which is not replaced; put the secret itself there"
                )
            }
            context.warning(
                path, "points to a value that contains ${…} or {{…}}, which is not replaced; is that the secret itself?"
            )
        }
        if case .literal(let text) = source, isSecretWhenLiteral(text) { context.noteLiteralSecret(path) }
        if let value, value.trimmed != value {
            context.warning(path, "starts or ends with a space or a line break; is that intended?")
        }
        return (secret, value)
    }

    /// A secret whose value is not looked at: for whoever reads it later, and may not be able to read it now.
    func uncheckedSecret() -> Secret? {
        secretSource().map { Secret($0) }
    }

    private func secretSource() -> Secret.Source? {
        guard value.objectValue != nil else {
            guard let text = text(Self.wanted) else { return nil }
            switch Placeholder(in: text) {
            case .variable:
                return refuse(
                    #"is a variable such as ${NAME}, which is not replaced in this file; write {"env": "NAME"}"#)
            case .partly:
                context.warning(
                    path,
                    "contains ${…} or {{…}}, which is not replaced in this file; put the whole value into a variable "
                        + #"and write {"env": "NAME"}"#)
            case nil: break
            }
            if let hidden = HiddenCharacter.first(in: text) {
                return refuse("contains \(hidden), which does not belong in a secret; write it again without it")
            }
            return .literal(text)
        }
        let here = ValueReader(value: value, path: .secret(path), context: context)
        guard let reader = here.object(SecretKey.self, example: #"{"file": PATH}"#) else { return nil }
        reader.refuseUnknownKeys()
        let sources = SecretKey.allCases.compactMap { key in
            reader.read(key) { source(key, $0) }
        }
        let given = SecretKey.allCases.filter(reader.has)
        guard given.count == 1 else {
            // Unknown keys are reported already.
            return given.isEmpty && !isEmptyObject
                ? nil : refuse("names \(given.isEmpty ? "no source" : "more than one source"); \(Self.wanted)")
        }
        return sources.first
    }

    private var isEmptyObject: Bool { value.objectValue?.isEmpty == true }

    private func source(_ key: SecretKey, _ reader: ValueReader) -> Secret.Source? {
        switch key {
        case .file: return reader.filePath().map { .file($0) }
        case .env:
            guard let name = reader.text("write the name of a variable") else { return nil }
            guard !name.contains("="), !name.hasPrefix("$") else {
                return reader.refuse("is not the name of a variable; write it without $ and =")
            }
            return .environment(name)
        case .credential:
            guard let name = reader.text("write the name of a credential") else { return nil }
            guard !name.contains("/"), name != ".", name != ".." else {
                return reader.refuse(
                    #"is not the name of a credential, which has no slash; for a path write {"file": PATH}"#)
            }
            return .credential(name)
        }
    }
}

extension Secret {
    /// Whether it stands in the config itself.
    fileprivate var isLiteral: Bool {
        if case .literal = source { true } else { false }
    }
}
