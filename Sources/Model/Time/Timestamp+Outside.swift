extension Timestamp {
    /// 2000 to 2100: a time of a training that is outside of this is somebody's mistake.
    private static let believable =
        Timestamp(milliseconds: 946_684_800_000)..<Timestamp(milliseconds: 4_102_444_800_000)

    /// A time as servers write it: a text, or seconds or milliseconds since 1970.
    ///
    /// - Returns: nil if it is none of the forms, or not from 2000 to 2099.
    package init?(outside value: JSONValue) {
        switch value {
        case .string(let text): self.init(outside: text)
        case .integer, .number:
            guard let number = value.numberValue else { return nil }
            self.init(epoch: number)
        default: return nil
        }
    }

    /// A time as servers write it: RFC 3339, also without seconds, with a blank in place of the `T`, with an offset such as
    /// `+0800` or `+08`, or without one, which is UTC, as the API documents all of its times; or seconds or milliseconds
    /// since 1970.
    ///
    /// - Returns: nil if it is none of these, or not from 2000 to 2099.
    package init?(outside text: some StringProtocol) {
        guard text.utf8.count <= 64 else { return nil }
        let text = text.trimmed
        guard let time = Timestamp(rfc3339: text) ?? Timestamp(looseText: text) else {
            guard let number = Numbers.double(text) else { return nil }
            self.init(epoch: number)
            return
        }
        self.init(believing: time)
    }

    /// Seconds or, by their size, milliseconds: the API's pages mix both.
    private init?(epoch number: Double) {
        // 1e11 seconds are the year 5138, 1e11 milliseconds 1973.
        self.init(believing: Timestamp(milliseconds: Int64(clamped: abs(number) < 1e11 ? number * 1000 : number)))
    }

    private init?(believing time: Timestamp) {
        guard Self.believable.contains(time) else { return nil }
        self = time
    }

    private init?(looseText text: String) {
        var rest = text.utf8[...]
        guard
            let year = rest.number(4...4), rest.take("-"), let month = rest.number(2...2), rest.take("-"),
            let day = rest.number(2...2), rest.take("T") || rest.take("t") || rest.take(" ")
        else { return nil }
        while rest.take(" ") {}
        guard let hour = rest.number(1...2), rest.take(":"), let minute = rest.number(2...2) else { return nil }
        var second = 0
        var fraction = "0"
        if rest.take(":") {
            guard let number = rest.number(2...2) else { return nil }
            second = number
            if rest.take(".") || rest.take(",") {
                let digits = rest.prefix(while: \.isDigit)
                guard !digits.isEmpty else { return nil }
                fraction = String(decoding: digits.prefix(9), as: UTF8.self)
                rest = rest.dropFirst(digits.count)
            }
        }
        while rest.take(" ") {}
        guard let zone = rest.zone() else { return nil }
        let two: (Int) -> String = { $0 < 10 ? "0\($0)" : "\($0)" }
        self.init(
            rfc3339: "\(year)-\(two(month))-\(two(day))T\(two(hour)):\(two(minute)):\(two(second)).\(fraction)\(zone)")
    }
}

extension Substring.UTF8View {
    fileprivate mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard first == UInt8(ascii: character) else { return false }
        removeFirst()
        return true
    }

    fileprivate mutating func number(_ digits: ClosedRange<Int>) -> Int? {
        let found = prefix(digits.upperBound).prefix(while: \.isDigit)
        guard digits.contains(found.count) else { return nil }
        removeFirst(found.count)
        return Int(String(decoding: found, as: UTF8.self))
    }

    /// What is left, as RFC 3339 writes it.
    fileprivate func zone() -> String? {
        var rest = self
        if rest.isEmpty || rest.elementsEqual("Z".utf8) || rest.elementsEqual("z".utf8) { return "Z" }
        guard let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
        rest.removeFirst()
        guard let hours = rest.number(2...2) else { return nil }
        _ = rest.take(":")
        let minutes = rest.isEmpty ? 0 : rest.number(2...2)
        guard let minutes, rest.isEmpty else { return nil }
        let two: (Int) -> String = { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(sign == UInt8(ascii: "+") ? "+" : "-")\(two(hours)):\(two(minutes))"
    }
}
