extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with milliseconds: `2026-11-24T08:00:00.123Z`.
    package var description: String { rfc3339 }

    /// RFC 3339 in UTC with milliseconds: `2026-11-24T08:00:00.123Z`.
    ///
    /// By hand, because history prints six of them a row and Foundation's formatters cost ten times as much.
    package var rfc3339: String {
        String(unsafeUninitializedCapacity: 24) { buffer in
            writeRFC3339(into: buffer)
            return 24
        }
    }

    /// Writes the 24 ASCII bytes of `rfc3339` at the start of `buffer`.
    package func writeRFC3339(into buffer: UnsafeMutableBufferPointer<UInt8>) {
        let parts = CivilTime(self)
        func put(_ value: Int, at offset: Int, width: Int) {
            var rest = value
            for place in stride(from: offset + width - 1, through: offset, by: -1) {
                buffer[place] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
        }
        put(parts.year, at: 0, width: 4)
        buffer[4] = UInt8(ascii: "-")
        put(parts.month, at: 5, width: 2)
        buffer[7] = UInt8(ascii: "-")
        put(parts.day, at: 8, width: 2)
        buffer[10] = UInt8(ascii: "T")
        put(parts.hour, at: 11, width: 2)
        buffer[13] = UInt8(ascii: ":")
        put(parts.minute, at: 14, width: 2)
        buffer[16] = UInt8(ascii: ":")
        put(parts.second, at: 17, width: 2)
        buffer[19] = UInt8(ascii: ".")
        put(parts.millisecond, at: 20, width: 3)
        buffer[23] = UInt8(ascii: "Z")
    }

    /// Reads an RFC 3339 time: `2026-11-24T08:00:00Z`, a fraction of any length, `Z` or `+08:00`, upper or lower case.
    ///
    /// - Returns: nil where the text is not such a time or names a day that does not exist.
    package init?(rfc3339 text: some StringProtocol) {
        var scanner = DigitScanner(text.utf8)
        guard
            let year = scanner.digits(4), scanner.skip("-"),
            let month = scanner.digits(2), scanner.skip("-"),
            let day = scanner.digits(2), scanner.skip("T", "t", " "),
            let hour = scanner.digits(2), scanner.skip(":"),
            let minute = scanner.digits(2), scanner.skip(":"),
            let second = scanner.digits(2),
            (1...12).contains(month), (1...CivilTime.days(inMonth: month, of: year)).contains(day),
            hour < 24, minute < 60, second <= 60
        else { return nil }

        var millisecond = 0
        if scanner.skip(".", ",") {
            guard let fraction = scanner.fraction() else { return nil }
            millisecond = fraction
        }
        var offsetMinutes = 0
        if !scanner.skip("Z", "z") {
            let sign = scanner.skip("+") ? 1 : scanner.skip("-") ? -1 : 0
            guard sign != 0, let hours = scanner.digits(2), scanner.skip(":"), let minutes = scanner.digits(2),
                hours < 24, minutes < 60
            else { return nil }
            offsetMinutes = sign * (hours * 60 + minutes)
        }
        guard scanner.isAtEnd else { return nil }

        let days = CivilTime.daysSince1970(year: year, month: month, day: day)
        let seconds = Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second) - Int64(offsetMinutes * 60)
        self.init(milliseconds: seconds * 1000 + Int64(millisecond))
    }
}

/// Reads fixed-width numbers from ASCII text.
private struct DigitScanner<Bytes: Sequence> where Bytes.Element == UInt8 {
    private var bytes: Bytes.Iterator
    private var next: UInt8?

    init(_ bytes: Bytes) {
        self.bytes = bytes.makeIterator()
        next = self.bytes.next()
    }

    var isAtEnd: Bool { next == nil }

    mutating func digits(_ count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// The digits after the point, as milliseconds; finer ones are cut.
    mutating func fraction() -> Int? {
        var value = 0
        var count = 0
        while let digit = digit() {
            if count < 3 { value = value * 10 + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in 0..<max(0, 3 - count) { value *= 10 }
        return value
    }

    mutating func skip(_ characters: Unicode.Scalar...) -> Bool {
        guard let byte = next, characters.contains(where: { $0.value == UInt32(byte) }) else { return false }
        next = bytes.next()
        return true
    }

    private mutating func digit() -> Int? {
        guard let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        next = bytes.next()
        return Int(byte - UInt8(ascii: "0"))
    }
}
