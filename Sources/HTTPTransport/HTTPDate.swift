package import Model

/// Times as HTTP writes them: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
package enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

    /// Reads the one form that senders may produce; the two obsolete ones are not worth their code.
    package static func parse(_ text: String) -> Timestamp? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT" || parts[5] == "UTC",
            let day = Int(parts[1]), let month = months.firstIndex(of: String(parts[2])), let year = Int(parts[3])
        else { return nil }
        let two: (Int) -> String = { $0 < 10 ? "0\($0)" : "\($0)" }
        return Timestamp(rfc3339: "\(year)-\(two(month + 1))-\(two(day))T\(parts[4])Z")
    }

    package static func write(_ time: Timestamp) -> String {
        let civil = CivilTime(time)
        let days = CivilTime.daysSince1970(year: civil.year, month: civil.month, day: civil.day)
        let two: (Int) -> String = { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(weekdays[((days % 7) + 7) % 7]), \(two(civil.day)) \(months[civil.month - 1]) \(civil.year) "
            + "\(two(civil.hour)):\(two(civil.minute)):\(two(civil.second)) GMT"
    }
}

extension HTTPHeaders {
    /// The `Date` header: the server's clock, to the second.
    package var date: Timestamp? {
        self["date"].flatMap(HTTPDate.parse)
    }

    /// `Retry-After` in seconds or as a date (RFC 9110, 10.2.3); nil where there is none, it is past or unreadable.
    package func retryAfter(at now: Timestamp) -> Duration? {
        guard let text = self["retry-after"] else { return nil }
        if let seconds = Double(text) {
            return seconds > 0 && seconds.isFinite ? .milliseconds(Int64(min(seconds, 1e9) * 1000)) : nil
        }
        // Measured by the server's own clock where it tells it: ours may be off.
        guard let time = HTTPDate.parse(text) else { return nil }
        let wait = time.since(date ?? now)
        return wait > .zero ? wait : nil
    }
}
