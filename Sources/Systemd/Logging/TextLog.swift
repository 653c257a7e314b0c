import Glibc

/// The log as lines of text: `2026-11-24T08:00:00.123Z error message key=value`.
package struct TextLog: Sendable {
    package static let maximumLineBytes = 8 * 1024

    private let descriptor: Int32

    package init(descriptor: Int32 = STDERR_FILENO) {
        self.descriptor = descriptor
    }

    /// One call of write(2) a line, so that lines of different threads do not mix.
    package func write(_ entry: JournalEntry) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var rest = Array((Self.line(entry, at: now) + "\n").utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 || (written < 0 && errno == EINTR) else { return }
            rest = rest.dropFirst(max(written, 0))
        }
    }

    static func line(_ entry: JournalEntry, at time: timespec) -> String {
        var line = "\(timestamp(time)) \(entry.priority.label) \(OneLine.escaped(entry.message))"
        for field in entry.fields {
            guard let key = key(of: field.name) else { continue }
            line += " \(key)=\(quoted(String(decoding: field.value, as: UTF8.self)))"
        }
        return OneLine.cut(line, maximumBytes: maximumLineBytes)
    }

    /// Where in the code a line was written is for the journal, which does not show it unless asked.
    private static func key(of name: JournalFieldName) -> String? {
        let text = name.description
        guard text.hasPrefix("POLARAI_") else { return nil }
        return text.dropFirst("POLARAI_".count).lowercased()
    }

    private static func quoted(_ value: String) -> String {
        let escaped = OneLine.escaped(value)
        let mustQuote = escaped.isEmpty || escaped.contains { $0 == " " || $0 == "\"" || $0 == "=" }
        guard mustQuote else { return escaped }
        return "\"\(escaped.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\""))\""
    }

    /// RFC 3339 in UTC with milliseconds.
    private static func timestamp(_ time: timespec) -> String {
        var seconds = time.tv_sec
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = [(Int(parts.tm_year) + 1900, 4), (Int(parts.tm_mon) + 1, 2), (Int(parts.tm_mday), 2)]
            .map(padded).joined(separator: "-")
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded(Int($0), 2) }.joined(separator: ":")
        return "\(date)T\(clock).\(padded(time.tv_nsec / 1_000_000, 3))Z"
    }
}

extension JournalPriority {
    /// As it stands in a line of text.
    var label: String {
        switch self {
        case .emergency: "emergency"
        case .alert: "alert"
        case .critical: "critical"
        case .error: "error"
        case .warning: "warning"
        case .notice: "notice"
        case .info: "info"
        case .debug: "debug"
        }
    }
}
