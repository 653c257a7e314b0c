/// A key of a config that a kind of target has of its own, beside those that kinds share.
package struct TargetOption: Sendable {
    package enum Form: Sendable {
        case text
        /// A text, or a whole number that people write without quotes.
        case id
        /// Never shown, and read anew at each attempt.
        case secret
    }

    package enum Need: Sendable {
        case optional, required
        /// Required unless the URL has a path, whose end then says it.
        case unlessInURL
    }

    package let name: String
    package let form: Form
    package let need: Need
    /// Whether the service counts its limits by this value: targets that differ in it share none.
    package let isCounted: Bool
    /// What is wrong with a value, to follow the key's name; nil if nothing is. Never quotes the value.
    package let mistake: @Sendable (String) -> String?

    package init(
        _ name: String, _ form: Form, _ need: Need = .optional, isCounted: Bool = true,
        mistake: @escaping @Sendable (String) -> String? = { _ in nil }
    ) {
        self.name = name
        self.form = form
        self.need = need
        self.isCounted = isCounted
        self.mistake = mistake
    }
}

/// What a config says under a key of one kind of target.
package enum TargetOptionValue: Hashable, Sendable {
    case text(String)
    case secret(Secret)
}

extension TargetOptions {
    /// The text under a key of the target's own kind.
    package subscript(text name: String) -> String? {
        get {
            guard case .text(let text)? = own[name] else { return nil }
            return text
        }
        set { own[name] = newValue.map { .text($0) } }
    }

    /// The secret under a key of the target's own kind.
    package subscript(secret name: String) -> Secret? {
        get {
            guard case .secret(let secret)? = own[name] else { return nil }
            return secret
        }
        set { own[name] = newValue.map { .secret($0) } }
    }

    /// By name.
    package var ownSecrets: [String: Secret] {
        own.compactMapValues { if case .secret(let secret) = $0 { secret } else { nil } }
    }
}
