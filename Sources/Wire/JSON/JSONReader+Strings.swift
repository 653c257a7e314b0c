/// Strings and their escapes.
extension JSONReader {
    /// The string whose opening quote is the current byte; ends behind the closing one.
    mutating func string() throws(JSONError) -> String {
        place += 1
        let start = place
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""):
                let text = try text(start..<place)
                place += 1
                return text
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case 0..<0x20:
                let byte = bytes[place]
                if isStrict { throw error(unescaped(byte)) }
                // U+0000 ends a text in many places behind this one.
                if byte == 0 { return try escapedString(from: start) }
                place += 1
            default: place += 1
            }
        }
        throw unclosed(start)
    }

    /// A string that is not what its bytes say, read on from the first such place.
    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var text = try text(start..<place)
        var run = place
        while place < bytes.count {
            let byte = bytes[place]
            switch byte {
            case UInt8(ascii: "\""):
                text += try self.text(run..<place)
                place += 1
                return text
            case UInt8(ascii: "\\"):
                text += try self.text(run..<place)
                text.unicodeScalars.append(try escape())
                run = place
            case 0..<0x20:
                if isStrict { throw error(unescaped(byte)) }
                if byte == 0 {
                    text += try self.text(run..<place)
                    text.unicodeScalars.append("\u{FFFD}")
                    run = place + 1
                }
                place += 1
            default: place += 1
            }
        }
        throw unclosed(start)
    }

    private mutating func unclosed(_ start: Int) -> JSONError {
        // A person looks for the quote; of an answer that was cut off, the end says more.
        if isStrict { place = start - 1 }
        return error(isStrict ? "the string that begins here has no closing quote" : "the text ends inside a string")
    }

    /// Reads one escape, from its backslash to behind its end.
    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        place += 1
        let scalar: Unicode.Scalar
        switch current {
        case UInt8(ascii: "\""): scalar = "\""
        case UInt8(ascii: "\\"): scalar = "\\"
        case UInt8(ascii: "/"): scalar = "/"
        case UInt8(ascii: "b"): scalar = "\u{8}"
        case UInt8(ascii: "f"): scalar = "\u{C}"
        case UInt8(ascii: "n"): scalar = "\n"
        case UInt8(ascii: "r"): scalar = "\r"
        case UInt8(ascii: "t"): scalar = "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default:
            if isStrict {
                throw error(
                    "invalid escape: only \" \\ / b f n r t u may follow a backslash; write \\\\ for a backslash itself"
                )
            }
            // `C:\path`: the backslash stands for itself.
            return "\\"
        }
        place += 1
        return scalar
    }

    /// `u` and four hexadecimal digits, or two such escapes that are a surrogate pair.
    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let start = place - 1
        guard let first = try hexadecimal() else { return "\u{FFFD}" }
        if let scalar = Unicode.Scalar(first) { return scalar.value == 0 && !isStrict ? "\u{FFFD}" : scalar }
        let half = place
        guard first < 0xDC00, take(UInt8(ascii: "\\")), current == UInt8(ascii: "u"), let second = try hexadecimal(),
            (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else {
            if isStrict {
                place = start
                throw error("half of a surrogate pair stands alone; write the character itself")
            }
            place = half
            return "\u{FFFD}"
        }
        return scalar
    }

    /// The four digits behind the `u` that is the current byte; nil (lenient) if they are not four.
    private mutating func hexadecimal() throws(JSONError) -> UInt32? {
        place += 1
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = current.flatMap(Hex.value) else {
                if isStrict { throw error("\\u takes four hexadecimal digits, found \(seen)") }
                return nil
            }
            place += 1
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private mutating func text(_ range: Range<Int>) throws(JSONError) -> String {
        if isUTF8 { return String(decoding: bytes[range], as: UTF8.self) }
        if let text = String(validating: bytes[range], as: UTF8.self) { return text }
        place = range.lowerBound
        throw error("this text is not UTF-8; save the file as UTF-8")
    }
}
