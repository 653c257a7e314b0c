/// The one reader of JSON: one pass over the bytes, no deeper into itself than the limits allow.
struct JSONReader {
    enum Rules {
        /// RFC 8259 to the letter, with sentences for a person who writes a config.
        case strict
        /// Whatever can be made sense of: see `JSONValue.init(parsing:)`.
        case lenient
    }

    private static let mostDuplicates = 100
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    let bytes: [UInt8]
    let isStrict: Bool
    let limits: JSONLimits
    /// Asked once for the whole text: asking for each string in it costs more than all the rest.
    let isUTF8: Bool
    var place = 0
    /// The places of keys that an object has twice, and their paths; as many as anybody wants to read.
    private(set) var duplicateKeys: [(offset: Int, path: [JSONDocument.Step])] = []
    private var path: [JSONDocument.Step] = []
    private var values = 0

    init(_ bytes: [UInt8], rules: Rules, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
        isStrict = rules == .strict
        isUTF8 = !isStrict || String(validating: bytes, as: UTF8.self) != nil
        // Editors and servers on Windows write one.
        if bytes.starts(with: Self.byteOrderMark) { place = 3 }
    }

    mutating func document() throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.bytes else {
            throw JSONError(at: 0, in: [], "is longer than \(limits.bytes) bytes")
        }
        skipSpace()
        guard place < bytes.count else { throw error("is empty") }
        let value = try value(depth: 0)
        skipSpace()
        guard place == bytes.count else { throw error("there is more after the end, beginning with \(seen)") }
        return value
    }

    // MARK: Values

    /// - Parameter depth: how many objects and lists are open.
    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard let byte = current else {
            throw error("the text ends where a value was expected; is a closing bracket missing?")
        }
        values += 1
        switch byte {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth < limits.depth, isStrict || values <= limits.values else {
                guard !isStrict else { throw error("is nested more than \(limits.depth) levels deep") }
                try skipNested()
                return .null
            }
            return byte == UInt8(ascii: "{") ? try object(depth: depth + 1) : try array(depth: depth + 1)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: return try word()
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        let opening = place
        place += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            guard current == UInt8(ascii: "\"") else {
                throw error(expectedKey(opening: opening, isFirst: members.isEmpty))
            }
            let keyPlace = place
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw error("expected ':' after this key, found \(seen)") }
            skipSpace()
            if isStrict {
                path.append(.key(key))
                let value = try value(depth: depth)
                if members.updateValue(value, forKey: key) != nil, duplicateKeys.count < Self.mostDuplicates {
                    duplicateKeys.append((keyPlace, path))
                }
                path.removeLast()
            } else {
                let value = try value(depth: depth)
                if keeps(depth) { members[key] = value }
            }
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw error(expectedComma(closing: "}", opening: opening)) }
            skipSpace()
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        let opening = place
        place += 1
        var items: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(items) }
        while true {
            if current == UInt8(ascii: "]") {
                throw error("a comma before ']' has nothing after it; remove the comma")
            }
            if isStrict { path.append(.index(items.count)) }
            let item = try value(depth: depth)
            if isStrict { path.removeLast() }
            if keeps(depth) { items.append(item) }
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(items) }
            guard take(UInt8(ascii: ",")) else { throw error(expectedComma(closing: "]", opening: opening)) }
            skipSpace()
        }
    }

    /// Past the limit, what stands in the outermost object is still read: that is where an answer says what it is.
    private func keeps(_ depth: Int) -> Bool { isStrict || values <= limits.values || depth == 1 }

    /// Passes over an object or a list of any depth, without going deeper into itself.
    private mutating func skipNested() throws(JSONError) {
        let opening = place
        var depth = 0
        while let byte = current {
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 {
                    place += 1
                    return
                }
            case UInt8(ascii: "\""):
                place += 1
                while let inner = current, inner != UInt8(ascii: "\"") {
                    place += inner == UInt8(ascii: "\\") ? 2 : 1
                }
            default: break
            }
            place += 1
        }
        place = bytes.count
        throw error(expectedComma(closing: bytes[opening] == UInt8(ascii: "{") ? "}" : "]", opening: opening))
    }

    // MARK: Bytes

    var current: UInt8? { place < bytes.count ? bytes[place] : nil }

    mutating func take(_ byte: UInt8) -> Bool {
        guard place < bytes.count, bytes[place] == byte else { return false }
        place += 1
        return true
    }

    mutating func skipSpace() {
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): place += 1
            default: return
            }
        }
    }
}
