import Model
import Systemd

/// Suspended targets in STATUS: since when, why, and when they are tried next.
enum SuspendedTargets {
    /// STATUS is one line of 512 bytes: the rest is in `polarai-daemon status`.
    private static let most = 2
    private static let reasonBytes = 100

    /// - Returns: nil if none is suspended.
    static func text(_ targets: [TargetRecord]) -> String? {
        guard !targets.isEmpty else { return nil }
        let shown = targets.prefix(most).map(text)
        let more = targets.count > most ? ["\(targets.count - most) more targets suspended"] : []
        return (shown + more).joined(separator: "; ")
    }

    private static func text(_ target: TargetRecord) -> String {
        var text = "target \(target.name) suspended"
        if let since = target.suspendedSince { text += " since \(since.minuteText)" }
        if let probe = target.probeAt { text += ", next probe \(probe.minuteText)" }
        if let reason = target.trouble, !reason.isEmpty {
            text += ": \(OneLine.text(reason, maximumBytes: reasonBytes))"
        }
        return text
    }
}

extension Timestamp {
    /// `2026-11-24 08:00Z`.
    fileprivate var minuteText: String {
        let text = rfc3339
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5))Z"
    }
}
