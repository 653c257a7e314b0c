/// Where the log goes: the journal with its fields, or lines of text.
package enum LogOutput: Sendable {
    case journal(Journal)
    case text(TextLog)

    /// The journal's native socket when standard error is the journal, else text on standard error.
    ///
    /// - Parameter identifier: what `journalctl -t` looks for.
    package static func standard(identifier: String, environment: [String: String]) -> LogOutput {
        JournalStream.isStderr(environment: environment) ? .journal(Journal(identifier: identifier)) : .text(TextLog())
    }

    package func write(_ entry: JournalEntry) {
        switch self {
        case .journal(let journal): journal.send(entry)
        case .text(let log): log.write(entry)
        }
    }
}
