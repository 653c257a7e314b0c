import Synchronization

/// Where the log goes: the journal with its fields, or lines of text. Never waits for whoever reads it.
package final class LogOutput: Sendable {
    private enum Destination {
        case journal(Journal)
        case text(TextLog)
    }

    private let destination: Destination
    private let lowest = Atomic<Int>(JournalPriority.debug.rawValue)

    private init(_ destination: Destination) {
        self.destination = destination
    }

    /// Entries go to the journal, with their fields.
    package static func journal(_ journal: Journal) -> LogOutput { LogOutput(.journal(journal)) }

    /// Entries go to a file or a terminal, one a line.
    package static func text(_ log: TextLog) -> LogOutput { LogOutput(.text(log)) }

    /// The journal's native socket when standard error is the journal, else text on standard error.
    ///
    /// - Parameter identifier: what `journalctl -t` looks for.
    package static func standard(identifier: String, environment: [String: String]) -> LogOutput {
        JournalStream.isStderr(environment: environment) ? .journal(Journal(identifier: identifier)) : .text(TextLog())
    }

    /// Entries of a lower priority are not written. Everything is, until it is set.
    package var minimum: JournalPriority {
        get { JournalPriority(rawValue: lowest.load(ordering: .relaxed)) ?? .debug }
        set { lowest.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// - Returns: false if the entry was dropped because the log takes no more at the moment. What is below `minimum` is
    ///   not written on purpose: true.
    @discardableResult
    package func write(_ entry: JournalEntry) -> Bool {
        guard entry.priority >= minimum else { return true }
        switch destination {
        case .journal(let journal): return journal.send(entry)
        case .text(let log): return log.write(entry)
        }
    }

    /// Waits until what was written so far has left the process, at most `limit`: for the end of a process.
    package func flush(within limit: Duration = .milliseconds(500)) {
        switch destination {
        case .journal: break
        case .text(let log): log.flush(within: limit)
        }
    }
}
