/// A JSON text read to the letter (RFC 8259), with the keys that stand in it twice.
package struct JSONDocument: Sendable {
    package let value: JSONValue
    /// In the order of the text; of very many the first ones.
    package let duplicateKeys: [DuplicateKey]

    /// One step from the outermost value inwards.
    package enum Step: Hashable, Sendable {
        case key(String)
        /// Counted from 0.
        case index(Int)
    }

    /// A key that an object has twice; the later value is the one in `value`.
    package struct DuplicateKey: Hashable, Sendable {
        /// From the outermost value to the key.
        package let path: [Step]
        /// Where it stands for the second time.
        package let line: Int
        let offset: Int
    }

    /// - Throws: `JSONError`: a sentence that says what would be right, and quotes nothing of the text.
    package init(_ bytes: [UInt8]) throws(JSONError) {
        var reader = JSONReader(bytes, rules: .strict, limits: .standard)
        value = try reader.document()
        duplicateKeys = reader.duplicateKeys.sorted { $0.offset < $1.offset }
            .map { DuplicateKey(path: $0.path, line: JSONError(at: $0.offset, in: bytes, "").line, offset: $0.offset) }
    }
}
