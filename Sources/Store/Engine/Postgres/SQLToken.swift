import Model

/// A word, a sign or a text of a statement, as far as a translation must tell them apart.
enum SQLToken: Equatable {
    /// A keyword, a name or a number.
    case word(Substring)
    /// `'…'` or `"…"`, with its quotes.
    case quoted(Substring)
    /// `?` or `?3`.
    case place(Int?)
    /// Any other sign, or spaces.
    case other(Substring)

    /// - Parameter sql: of this program: comments are not expected.
    static func all(of sql: String) -> [SQLToken] {
        var tokens: [SQLToken] = []
        var rest = sql[...]
        while let first = rest.utf8.first {
            let length: Int
            switch first {
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                // A doubled quote begins the next text: both are kept as they are.
                let inner = rest.utf8.dropFirst().prefix { $0 != first }.count
                length = min(rest.utf8.count, inner + 2)
                tokens.append(.quoted(rest.prefix(bytes: length)))
            case UInt8(ascii: "?"):
                let digits = rest.utf8.dropFirst().prefix(while: \.isDigit).count
                length = digits + 1
                tokens.append(.place(Int(rest.prefix(bytes: length).dropFirst())))
            case _ where isName(first):
                length = rest.utf8.prefix(while: isName).count
                tokens.append(.word(rest.prefix(bytes: length)))
            case UInt8(ascii: " "), UInt8(ascii: "\n"):
                length = rest.utf8.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }.count
                tokens.append(.other(" "))
            default:
                length = 1
                tokens.append(.other(rest.prefix(bytes: 1)))
            }
            rest = rest[rest.utf8.index(rest.startIndex, offsetBy: length)...]
        }
        return tokens
    }

    var isSpace: Bool { self == .other(" ") }

    private static func isName(_ byte: UInt8) -> Bool { byte.isWordCharacter || byte >= 0x80 }
}

extension Substring {
    fileprivate func prefix(bytes count: Int) -> Substring {
        self[..<utf8.index(startIndex, offsetBy: count)]
    }
}
