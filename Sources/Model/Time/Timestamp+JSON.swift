extension JSONValue {
    /// RFC 3339 UTC with milliseconds; null if there is no time.
    package init(_ time: Timestamp?) {
        self = time.map { .string($0.rfc3339) } ?? .null
    }

    /// The time under `key`; nil if there is none in RFC 3339.
    package func time(_ key: String) -> Timestamp? { self[key]?.stringValue.flatMap { Timestamp(rfc3339: $0) } }
}

extension OrderedJSON {
    /// RFC 3339 UTC with milliseconds; null if there is no time.
    package init(_ time: Timestamp?) {
        self = time.map { .string($0.rfc3339) } ?? .null
    }
}

extension JSONBytes {
    /// RFC 3339 in quotes.
    package mutating func time(_ time: Timestamp) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 26) { text in
            text[0] = UInt8(ascii: "\"")
            time.writeRFC3339(into: UnsafeMutableBufferPointer(rebasing: text[1..<25]))
            text[25] = UInt8(ascii: "\"")
            raw(utf8: UnsafeBufferPointer(text))
        }
    }

    /// RFC 3339 in quotes, or `null`.
    package mutating func time(_ time: Timestamp?) {
        if let time {
            self.time(time)
        } else {
            raw("null")
        }
    }
}
