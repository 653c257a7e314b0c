/// Numbers, and the three words of JSON.
extension JSONReader {
    mutating func word() throws(JSONError) -> JSONValue {
        let start = place
        let end = bytes[start...].firstIndex { !$0.isWordCharacter } ?? bytes.count
        // The longest word that is looked for, `undefined`, has nine letters.
        let word = String(decoding: bytes[start..<min(end, start + 10)], as: UTF8.self)
        switch word {
        case "true", "false", "null":
            place = end
            return word == "null" ? .null : .bool(word == "true")
        case "NaN", "nan", "Infinity", "inf", "Inf":
            guard isStrict else {
                place = end
                return .null
            }
        case "": throw error("expected a value, found \(seen)\(hint)")
        default: break
        }
        guard let right = Self.knownSlips[word] else {
            throw error("this word is not a JSON value; put text in double quotes, or write true, false or null")
        }
        throw error("\(word) is not a JSON value; \(right)")
    }

    /// What people write who know JSON's relatives. Only these words are ever quoted: any other may be a secret.
    private static let knownSlips: [String: String] = [
        "True": "write true", "TRUE": "write true", "yes": "write true", "on": "write true",
        "False": "write false", "FALSE": "write false", "no": "write false", "off": "write false",
        "None": "write null, or leave the key out", "NULL": "write null, or leave the key out",
        "nil": "write null, or leave the key out", "undefined": "write null, or leave the key out",
        "NaN": "write a number", "nan": "write a number", "Infinity": "write a number", "inf": "write a number",
        "Inf": "write a number",
    ]

    mutating func number() throws(JSONError) -> JSONValue {
        let start = place
        guard isStrict else { return lenientNumber() }
        let isInteger = try scanNumber()
        if let byte = current, byte.isWordCharacter {
            throw error(
                "expected the end of a number, found \(seen); a duration or an id is written in double quotes")
        }
        guard let value = Self.value(of: bytes[start..<place], isInteger: isInteger) else {
            throw error("this number is too large")
        }
        return value
    }

    /// Everything that belongs to a number, whether or not it is one; null if it is not, or is not finite.
    private mutating func lenientNumber() -> JSONValue {
        let start = place
        var isInteger = true
        place += 1
        // Digits, points, signs, exponents, and the letters of `-Infinity`.
        while place < bytes.count {
            let byte = bytes[place]
            if byte.isDigit {
            } else if byte.isWordCharacter || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: "+")
            {
                isInteger = false
            } else {
                break
            }
            place += 1
        }
        let end = place
        if isInteger, end - start < 19, let number = Self.shortInteger(bytes[start..<end]) { return .integer(number) }
        place = start
        let scanned = try? scanNumber()
        let isWhole = place == end
        place = end
        guard isWhole, let scanned, let value = Self.value(of: bytes[start..<end], isInteger: scanned) else {
            return .null
        }
        return value
    }

    /// Fewer than 19 characters: no sum can overflow.
    private static func shortInteger(_ text: ArraySlice<UInt8>) -> Int64? {
        let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text
        guard let first = digits.first, first != UInt8(ascii: "0") || digits.count == 1 else { return nil }
        var number: Int64 = 0
        for digit in digits { number = number &* 10 &+ Int64(digit &- UInt8(ascii: "0")) }
        return digits.count == text.count ? number : 0 &- number
    }

    private static func value(of text: ArraySlice<UInt8>, isInteger: Bool) -> JSONValue? {
        let text = String(decoding: text, as: UTF8.self)
        if isInteger, let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { return nil }
        return .number(number)
    }

    /// Moves over a number of RFC 8259, section 6.
    ///
    /// - Returns: whether it is a whole number without an exponent.
    private mutating func scanNumber() throws(JSONError) -> Bool {
        var isInteger = true
        _ = take(UInt8(ascii: "-"))
        let leadingZero = current == UInt8(ascii: "0")
        let digits = takeDigits()
        guard digits > 0, digits == 1 || !leadingZero else {
            throw error(digits == 0 ? "expected a digit, found \(seen)" : "a number may not begin with 0")
        }
        if take(UInt8(ascii: ".")) {
            isInteger = false
            guard takeDigits() > 0 else { throw error("expected a digit after the point, found \(seen)") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard takeDigits() > 0 else { throw error("expected a digit in the exponent, found \(seen)") }
        }
        return isInteger
    }

    private mutating func takeDigits() -> Int {
        let start = place
        while let byte = current, byte.isDigit { place += 1 }
        return place - start
    }
}
