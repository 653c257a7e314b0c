import Model

/// `--since=` with nothing behind it, `--since ""` or `backup ""`, as a script writes it whose variable is empty.
///
/// The parser would take the next word for the value, and complain about that one; and an empty text for the name of a file.
enum EmptyValue {
    /// - Throws: `CommandFailure` (usage) that names the option, if there is one. The empty text may follow a flag as well as
    ///   an option; the message covers both.
    static func check(_ arguments: some Collection<String>) throws(CommandFailure) {
        try checkWords(arguments)
        for word in arguments {
            guard word != "--" else { return }
            guard word.hasPrefix("--"), word.hasSuffix("="), word.utf8.count > 3,
                word.dropFirst(2).dropLast().utf8.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: "-") })
            else { continue }
            let option = word.dropLast()
            throw CommandFailure(
                "Error: \(option) has no value: nothing follows the \"=\". Write one there, or leave \(option) out.",
                .usage)
        }
    }

    /// Also behind `--`.
    private static func checkWords(_ arguments: some Collection<String>) throws(CommandFailure) {
        var previous = ""
        for word in arguments {
            guard word.isEmpty else {
                previous = word
                continue
            }
            guard previous.hasPrefix("--"), previous != "--" else {
                throw CommandFailure("Error: an argument is empty (\"\"). Write what it is to name.", .usage)
            }
            throw CommandFailure(
                "Error: an empty argument (\"\") follows \(previous). Remove it, or write what it is to be.", .usage)
        }
    }
}
