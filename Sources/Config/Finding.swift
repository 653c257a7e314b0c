/// One thing to say about a config.
package struct Finding: Hashable, Sendable {
    package enum Severity: String, CaseIterable, Sendable {
        /// The config is refused.
        case mistake
        /// The config is taken, but hardly meant so.
        case warning
        /// What could not be checked here.
        case note
    }

    package let severity: Severity
    /// `clusters[2].poll`, or `line 3, column 5`; empty where it is about the whole file.
    package let place: String
    /// What is wrong and what would be right. Holds no secret.
    package let message: String

    package init(_ severity: Severity, at place: String, _ message: String) {
        self.severity = severity
        self.place = place
        self.message = message
    }

    /// The line that people see: `FILE: clusters[2].poll: …`, warnings and notes marked as such.
    package func line(file: String) -> String {
        let parts = [file, place, severity == .mistake ? "" : severity.rawValue, message]
        return parts.filter { !$0.isEmpty }.joined(separator: ": ")
    }
}

/// A config that is refused, with all that is wrong with it.
package struct ConfigError: Error, Sendable, CustomStringConvertible {
    package let file: String
    /// One mistake at least, and the warnings and notes that came with them.
    package let findings: [Finding]

    package init(file: String, findings: [Finding]) {
        self.file = file
        self.findings = findings
    }

    package var mistakes: [Finding] { findings.filter { $0.severity == .mistake } }

    /// Every mistake, one a line.
    package var description: String {
        mistakes.map { $0.line(file: file) }.joined(separator: "\n")
    }
}
