package import Model

extension HTTPHeaders {
    /// The `Date` header: the server's clock, to the second.
    package var date: Timestamp? {
        self["date"].flatMap(HTTPDate.parse)
    }

    /// Seconds as `Retry-After` has them: digits, and a fraction, which some services add.
    package static func delay(_ text: String) -> Double? {
        guard text.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: ".") }) else { return nil }
        return Double(text)
    }

    /// `Retry-After` in seconds or as a date (RFC 9110, 10.2.3); nil if there is none, it is past or unreadable.
    package func retryAfter(at now: Timestamp) -> Duration? {
        guard let text = self["retry-after"] else { return nil }
        if let seconds = Self.delay(text.trimmed) {
            // Never shorter than what is asked for.
            return seconds > 0 ? .clamped(milliseconds: (min(seconds, 1e9) * 1000).rounded(.up)) : nil
        }
        // Measured by the server's own clock if it says what that is: ours may be off.
        guard let time = HTTPDate.parse(text.trimmed) else { return nil }
        let wait = time.since(date ?? now)
        return wait > .zero ? min(wait, .seconds(1_000_000_000)) : nil
    }
}
