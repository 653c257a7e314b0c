import Wire

/// A value of a statement's `$1`, `$2`, ….
///
/// Its type is what the server makes of the place where it stands; `CAST($1 AS bigint)` where that is not clear.
package enum PostgresValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    /// U+0000, which PostgreSQL's text cannot hold, is stored as U+FFFD.
    case text(String)
    case bytes([UInt8])
    /// For `= ANY($1::bigint[])` and `unnest`.
    case integers([Int64?])
    case texts([String?])
}

extension PostgresValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(stringLiteral value: String) { self = .text(value) }
    package init(nilLiteral: ()) { self = .null }

    package init(_ value: Int64?) { self = value.map { .integer($0) } ?? .null }
    package init(_ value: String?) { self = value.map { .text($0) } ?? .null }
}

/// The values of one statement as libpq takes them: one buffer, used again for the next statement.
struct ValueBuffer {
    private var bytes: [UInt8] = []
    private var places: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    private static let textFormat: Int32 = 0
    private static let binaryFormat: Int32 = 1

    mutating func fill(_ values: [PostgresValue]) {
        bytes.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        formats.removeAll(keepingCapacity: true)
        for value in values { append(value) }
    }

    private mutating func append(_ value: PostgresValue) {
        let start = bytes.count
        var format = Self.textFormat
        switch value {
        case .null:
            places.append(nil)
            lengths.append(0)
            formats.append(format)
            return
        case .integer(let integer): bytes.append(contentsOf: String(integer).utf8)
        case .real(let real): bytes.append(contentsOf: "\(real)".utf8)
        case .text(let text): bytes.append(contentsOf: SafeText.stored(text).utf8)
        case .bytes(let value):
            bytes.append(contentsOf: value)
            format = Self.binaryFormat
        case .integers(let items): appendArray(items) { "\($0)" }
        case .texts(let items): appendArray(items, Self.quoted)
        }
        places.append(start)
        // A value that is larger than PostgreSQL takes: refused by the server.
        lengths.append(Int32(clamping: bytes.count - start))
        formats.append(format)
        // Texts end with a zero byte.
        bytes.append(0)
    }

    private mutating func appendArray<Item>(_ items: [Item?], _ write: (Item) -> String) {
        bytes.append(UInt8(ascii: "{"))
        for (position, item) in items.enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: (item.map(write) ?? "NULL").utf8)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// An item of an array: in quotes, in which only `"` and `\` are special.
    private static func quoted(_ text: String) -> String {
        "\""
            + SafeText.replacing(SafeText.stored(text)) { $0 == "\"" ? "\\\"" : $0 == "\\" ? "\\\\" : nil }
            + "\""
    }

    /// Count, values, lengths and formats for as long as `body` runs.
    func withPointers<Result>(
        _ body: (Int32, [UnsafePointer<CChar>?], [Int32], [Int32]) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { buffer in
            let start = buffer.bindMemory(to: CChar.self).baseAddress
            let pointers = places.map { place in place.flatMap { place in start.map { $0 + place } } }
            return body(Int32(clamping: pointers.count), pointers, lengths, formats)
        }
    }
}
