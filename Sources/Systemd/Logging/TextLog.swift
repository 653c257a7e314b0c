import Dispatch
import Glibc
import Synchronization

/// The log as lines of text: `2026-11-24T08:00:00.123Z error message key=value`.
///
/// Lines leave in order on a queue of their own. If whoever reads them stops reading, at most `maximumWaitingBytes`
/// wait; further lines are dropped and counted, and the next line that finds room says how many are missing.
package final class TextLog: Sendable {
    package static let maximumLineBytes = 8 * 1024
    package static let maximumWaitingBytes = 256 * 1024

    private struct State {
        var waitingBytes = 0
        var dropped: UInt64 = 0
    }

    private let descriptor: Int32
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "polarai.log")

    package init(descriptor: Int32 = STDERR_FILENO) {
        self.descriptor = descriptor
    }

    /// Hands an entry over; never waits.
    ///
    /// - Returns: whether there was room for it.
    @discardableResult
    package func write(_ entry: JournalEntry) -> Bool {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let line = Array((Self.line(entry, at: now) + "\n").utf8)
        // The order on the queue is the order in which room was found.
        return state.withLock { state in
            guard state.waitingBytes + line.count <= Self.maximumWaitingBytes else {
                state.dropped += 1
                return false
            }
            let bytes = Self.note(dropped: state.dropped, at: now) + line
            state.dropped = 0
            state.waitingBytes += bytes.count
            queue.async { [self] in
                put(bytes)
                self.state.withLock { $0.waitingBytes -= bytes.count }
            }
            return true
        }
    }

    /// Waits until the lines so far are written, at most `limit`.
    package func flush(within limit: Duration) {
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        _ = done.wait(timeout: .now() + .microseconds(Int(clamping: limit.microseconds)))
    }

    /// May wait for the reader.
    private func put(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            if written < 0, errno == EAGAIN, waitsForRoom() { continue }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }

    /// Another process may have put the terminal or pipe into non-blocking mode.
    private func waitsForRoom() -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&request, 1, -1) > 0 || errno == EINTR
    }

    private static func note(dropped: UInt64, at time: timespec) -> [UInt8] {
        guard dropped > 0 else { return [] }
        let entry = JournalEntry(
            "\(dropped) log \(dropped == 1 ? "line is" : "lines are") missing here: standard error was not read in time.",
            priority: .warning)
        return Array((line(entry, at: time) + "\n").utf8)
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
