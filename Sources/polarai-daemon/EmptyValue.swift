import Model

/// `--since=` with nothing behind it, as a script writes it whose variable is empty.
///
/// The parser would take the next word for the value, and complain about that one.
enum EmptyValue {
    /// - Throws: `CommandFailure` (usage) that names the option.
    static func check(_ arguments: some Sequence<String>) throws(CommandFailure) {
        for word in arguments {
            guard word != "--" else { return }
            guard word.hasPrefix("--"), word.hasSuffix("="), word.utf8.count > 3,
                word.dropFirst(2).dropLast().utf8.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: "-") })
            else { continue }
            let option = word.dropLast()
            throw CommandFailure(
                "Error: \(option) has no value: nothing follows the \"=\". Write one behind it, or leave \(option) out.",
                .usage)
        }
    }
}
