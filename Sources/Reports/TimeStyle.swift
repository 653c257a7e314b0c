import Glibc
package import Model

/// Times as a table shows them: local, or UTC with a `Z`.
///
/// By localtime_r, because Foundation's formatters load 34 MB of ICU data for it.
package struct TimeStyle {
    package let isUTC: Bool

    package init(isUTC: Bool) {
        self.isUTC = isUTC
    }

    /// `2026-11-24 16:00:00`, or `2026-11-24 08:00:00Z`.
    package func text(_ time: Timestamp) -> String {
        var seconds = time_t(time.seconds)
        var parts = tm()
        let isKnown = isUTC ? gmtime_r(&seconds, &parts) != nil : localtime_r(&seconds, &parts) != nil
        guard isKnown else { return time.rfc3339 }
        let day =
            "\(padded(Int(parts.tm_year) + 1900, 4))-\(padded(Int(parts.tm_mon) + 1))-\(padded(Int(parts.tm_mday)))"
        let clock = "\(padded(Int(parts.tm_hour))):\(padded(Int(parts.tm_min))):\(padded(Int(parts.tm_sec)))"
        return "\(day) \(clock)\(isUTC ? "Z" : "")"
    }

    private func padded(_ number: Int, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
