/// Small changes of the kind that networks, proxies and hasty hands make.
package enum Mutation {
    /// What stands at the borders of grammars and of number types.
    private static let pieces: [[UInt8]] =
        [
            "{", "}", "[", "]", "\"", ",", ":", "\\", "\\u", "\\ud83d", "0", "-", "e", "E400", ".", "\n", "/", " ",
            "\0",
            "\u{7F}", "é", "\u{301}", "\u{202E}", "NaN", "null", "true", "9223372036854775807", "-9223372036854775808",
            "9007199254740992", "2147483648", "1e400", "=", "&", "%", "%2", "@", "<", ">", "+", "*",
        ].map { Array($0.utf8) } + [[0x80], [0xC0], [0xFF], [0xED, 0xA0, 0x80], [0xEF, 0xBB, 0xBF]]

    /// One to three changes: a byte or a piece put in, taken out or replaced, a stretch repeated, the end cut off.
    package static func apply(to original: [UInt8], _ random: inout some RandomNumberGenerator) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &random)
            let piece = pieces.randomElement(using: &random) ?? []
            switch Int.random(in: 0..<7, using: &random) {
            case 0: bytes.replaceSubrange(place...place, with: piece)
            case 1: bytes.remove(at: place)
            case 2, 3: bytes.insert(contentsOf: piece, at: place)
            case 4: bytes[place] = bytes.randomElement(using: &random) ?? 0
            case 5:
                let end = min(bytes.count, place + Int.random(in: 1...40, using: &random))
                bytes.insert(contentsOf: Array(bytes[place..<end]), at: Int.random(in: bytes.indices, using: &random))
            default:
                if Int.random(in: 0..<10, using: &random) == 0 { bytes.removeSubrange(place...) }
            }
        }
        return bytes
    }
}
