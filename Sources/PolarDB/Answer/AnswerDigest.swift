import Crypto
package import Model

/// Compares answers without decoding them: all of an answer but the value of its own `RequestId`.
package enum AnswerDigest {
    /// - Returns: the digest, and the request id if it was found and looks like one.
    package static func make(of body: [UInt8]) -> (digest: BodyDigest, requestID: String?) {
        body.withUnsafeBytes { bytes in
            var hash = SHA256()
            let value = TopLevelString.range(of: "RequestId", in: bytes)
            // If it is not found, everything counts: a changed answer must never pass for unchanged.
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[..<(value?.lowerBound ?? bytes.count)]))
            if let value { hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[value.upperBound...])) }
            let digest = hash.finalize().withUnsafeBytes { digest in
                BodyDigest(
                    high: UInt64(bigEndian: digest.loadUnaligned(as: UInt64.self)),
                    low: UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
            }
            let requestID = value.map {
                String(decoding: bytes[$0].trimmed.prefix(PlainName.longest + 1), as: UTF8.self)
            }
            return (digest, requestID.flatMap { PlainName.isRequestID($0) ? $0 : nil })
        }
    }
}

/// Finds a string member of the outermost JSON object by scanning, not by parsing.
private enum TopLevelString {
    /// The bytes between the quotes of the first such member's value; nil if there is none, its value is not a string, or
    /// either is written with escapes.
    static func range(of key: StaticString, in bytes: UnsafeRawBufferPointer) -> Range<Int>? {
        var depth = 0
        var place = 0
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "\""):
                guard let text = string(at: place, in: bytes) else { return nil }
                place = text.upperBound
                if depth == 1, equals(bytes, text, key), let value = value(after: text.upperBound + 1, in: bytes) {
                    return value
                }
            default: break
            }
            place += 1
        }
        return nil
    }

    /// What stands between the quote at `start` and the one that ends the string.
    private static func string(at start: Int, in bytes: UnsafeRawBufferPointer) -> Range<Int>? {
        var place = start + 1
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""): return start + 1..<place
            case UInt8(ascii: "\\"): place += 2
            default: place += 1
            }
        }
        return nil
    }

    private static func value(after place: Int, in bytes: UnsafeRawBufferPointer) -> Range<Int>? {
        var place = place
        var sawColon = false
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): break
            case UInt8(ascii: ":") where !sawColon: sawColon = true
            case UInt8(ascii: "\"") where sawColon:
                guard let text = string(at: place, in: bytes), !bytes[text].contains(UInt8(ascii: "\\")) else {
                    return nil
                }
                return text
            default: return nil
            }
            place += 1
        }
        return nil
    }

    private static func equals(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ key: StaticString) -> Bool {
        guard range.count == key.utf8CodeUnitCount else { return false }
        return key.withUTF8Buffer { bytes[range].elementsEqual($0) }
    }
}

extension Slice<UnsafeRawBufferPointer> {
    /// Without blanks at the ends; a line end inside a JSON text is written with an escape.
    fileprivate var trimmed: Self {
        var rest = self.drop { $0 == UInt8(ascii: " ") }
        while rest.last == UInt8(ascii: " ") { rest.removeLast() }
        return rest
    }
}
