/// Where and why a text is not JSON. Never holds anything of the text but single characters of JSON's own grammar: the
/// text may be a config or an answer with secrets in it.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Bytes before the place, a byte order mark included.
    package let offset: Int
    /// Counted from 1.
    package let line: Int
    /// In characters (Unicode scalars), counted from 1; a byte order mark does not count.
    package let column: Int
    /// A sentence without the place.
    package let message: String

    init(at offset: Int, in bytes: [UInt8], _ message: String) {
        let start = bytes.starts(with: JSONReader.byteOrderMark) ? 3 : 0
        let end = max(start, min(offset, bytes.count))
        let head = bytes[start..<end]
        let lineStart = head.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? start
        self.offset = end
        line = head.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
        column = String(decoding: head[lineStart...], as: UTF8.self).unicodeScalars.count + 1
        self.message = message
    }

    /// For data that is not ours: `the text ends inside an object (byte 512)`.
    package var description: String { "\(message) (byte \(offset))" }
}
