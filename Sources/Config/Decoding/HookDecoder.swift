import Model

/// `hooks`.
///
/// Whether a program exists is not checked: another user, on another view of the file system, runs it.
struct HookDecoder {
    /// The longest argument: an address of the kernel's limit, MAX_ARG_STRLEN, that leaves room for the others.
    private static let longestArgument = 32 << 10
    private static let mostArguments = 256
    private static let longestTimeout = Duration.seconds(86_400)

    func decode(_ value: ValueReader) -> [HookSettings]? {
        let hooks = value.map(#"{"deploy": {"command": ["/usr/local/bin/deploy"]}}"#) { name, entry -> HookSettings? in
            guard entry.isGoodName(name) else { return nil }
            return hook(name, entry)
        }
        return hooks?.values.sorted { $0.name < $1.name }
    }

    private func hook(_ name: String, _ value: ValueReader) -> HookSettings? {
        let example = #"{"command": ["/usr/local/bin/deploy", "--fast"], "timeout": "60s"}"#
        guard let reader = value.object(HookKey.self, example: example) else { return nil }
        reader.refuseUnknownKeys()
        let command = reader.require(
            .command, #"write the program and its arguments, such as ["/usr/local/bin/deploy"]"#, command)
        let timeout = reader.read(.timeout) { $0.duration(atMost: Self.longestTimeout) } ?? .seconds(60)
        let environment = reader.read(.environment, environment)
        return command.map {
            HookSettings(name: name, command: $0, timeout: timeout, environment: environment ?? [:])
        }
    }

    private func command(_ value: ValueReader) -> [String]? {
        let example = #"["/usr/local/bin/deploy", "--fast"]"#
        if value.value.stringValue != nil {
            return value.refuse("is a string; no shell reads it, so write the program and each argument: \(example)")
        }
        guard let items = value.value.arrayValue, !items.isEmpty else {
            return value.value.arrayValue == nil
                ? value.refuse("is \(value.value.kindName); write a list such as \(example)")
                : value.refuse("is an empty list; write the program's absolute path first")
        }
        guard items.count <= Self.mostArguments else {
            return value.refuse("has more than \(Self.mostArguments) items; put them into a script")
        }
        guard let words = value.list(example, argument), words.count == items.count, let program = words.first else {
            return nil
        }
        guard program.hasPrefix("/") else {
            return ValueReader(value: items[0], path: value.path.index(0), context: value.context)
                .refuse("is not an absolute path; write the program's path from / on")
        }
        return words
    }

    private func argument(_ value: ValueReader) -> String? {
        guard let text = value.value.stringValue else {
            return value.refuse("is \(value.value.kindName); an argument is a string, so put it in double quotes")
        }
        return checked(text, value)
    }

    private func environment(_ value: ValueReader) -> [String: String]? {
        value.map(#"{"STAGE": "production"}"#) { name, entry -> String? in
            guard let first = name.utf8.first, !first.isDigit, name.utf8.count <= 128,
                name.utf8.allSatisfy({ $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") })
            else { return entry.refuse("is not the name of a variable; use letters, digits and '_'") }
            guard !name.hasPrefix("POLARAI_") else {
                return entry.refuse(
                    "is reserved: names that start with POLARAI_ are set by the hooks runner; choose another name")
            }
            guard let text = entry.value.stringValue else {
                return entry.refuse("is \(entry.value.kindName); a variable is a string, so put it in double quotes")
            }
            return checked(text, entry)
        }
    }

    private func checked(_ text: String, _ value: ValueReader) -> String? {
        guard !text.utf8.contains(0) else { return value.refuse("contains a NUL character; remove it") }
        guard text.utf8.count <= Self.longestArgument else {
            return value.refuse("is longer than \(Self.longestArgument) bytes; put it into a file")
        }
        return text
    }
}
