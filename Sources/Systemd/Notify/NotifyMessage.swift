/// One datagram to the service manager: assignments as sd_notify(3) lists them, a line each.
package struct NotifyMessage: Hashable, Sendable {
    package private(set) var lines: [String] = []

    package init() {}

    /// `STATUS=` is shown on one line by `systemctl status`; what is longer helps nobody.
    package static let maximumStatusBytes = 512

    /// The assignments, joined as sd_notify(3) wants them.
    package var text: String { lines.joined(separator: "\n") }

    package static let ready = NotifyMessage().adding("READY", "1")
    package static let stopping = NotifyMessage().adding("STOPPING", "1")
    package static let watchdog = NotifyMessage().adding("WATCHDOG", "1")

    /// - Parameter monotonic: CLOCK_MONOTONIC now; systemd compares it with its own reading of that clock.
    package static func reloading(monotonic: Duration) -> NotifyMessage {
        NotifyMessage().adding("RELOADING", "1").adding("MONOTONIC_USEC", String(monotonic.microseconds))
    }

    /// The line of `systemctl status`, cut to what systemd takes.
    package static func status(_ text: String) -> NotifyMessage {
        NotifyMessage().addingStatus(text)
    }

    /// Asks for at least `time` more, counted from now, for the start, reload or stop that is under way.
    package static func extendTimeout(by time: Duration) -> NotifyMessage {
        NotifyMessage().adding("EXTEND_TIMEOUT_USEC", String(max(time.microseconds, 1)))
    }

    /// The same message with such a line.
    package func addingStatus(_ text: String) -> NotifyMessage {
        adding("STATUS", OneLine.text(text, maximumBytes: Self.maximumStatusBytes))
    }

    private func adding(_ name: String, _ value: String) -> NotifyMessage {
        var message = self
        message.lines.append("\(name)=\(value)")
        return message
    }
}

extension Duration {
    /// Whole microseconds, cut towards zero; never negative, never more than systemd can hold.
    var microseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return UInt64(min(seconds, 9_000_000_000_000)) * 1_000_000 + UInt64(attoseconds / 1_000_000_000_000)
    }
}
