/// What is said of a text that is not JSON. Nothing of its content: that may be a secret.
extension JSONReader {
    func error(_ message: String) -> JSONError {
        JSONError(at: place, in: bytes, message)
    }

    /// What stands at the place of an error. Only characters of the grammar are quoted.
    var seen: String {
        switch current {
        case nil: "the end of the text"
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"): "the end of the line"
        case UInt8(ascii: " "), UInt8(ascii: "\t"): "a blank"
        case let byte? where byte.isDigit: "a digit"
        case let byte? where byte.isLetter: "a letter"
        case let byte? where "{}[],:\"'/#+.-\\=;<>".utf8.contains(byte):
            "'\(Character(Unicode.Scalar(byte)))'"
        case let byte? where byte < 0x20 || byte == 0x7F: "a control character"
        default: "another character"
        }
    }

    /// What people write who know JSON's relatives.
    var hint: String {
        switch current {
        case UInt8(ascii: "'"): "; strings are written in double quotes"
        case UInt8(ascii: "/"), UInt8(ascii: "#"): "; JSON has no comments"
        case UInt8(ascii: "<"): "; it looks like HTML or XML"
        default: ""
        }
    }

    func expectedKey(opening: Int, isFirst: Bool) -> String {
        switch current {
        case nil: "the text ends inside \(container("object", opening)); is a '}' missing?"
        case UInt8(ascii: "}"): "a comma before '}' has nothing after it; remove the comma"
        case let byte? where byte.isWordCharacter:
            "expected a key, found \(seen); a key is written in double quotes"
        default: "expected a key\(isFirst ? " or '}'" : ""), found \(seen)\(hint)"
        }
    }

    func expectedComma(closing: Character, opening: Int) -> String {
        if current == nil {
            return "the text ends inside \(container(closing == "}" ? "object" : "list", opening)); "
                + "is a '\(closing)' missing?"
        }
        return "expected ',' or '\(closing)', found \(seen)\(hint.isEmpty ? "; is a comma missing before it?" : hint)"
    }

    /// Where something that is not closed began: a person looks at lines, of an answer only bytes are known.
    private func container(_ kind: String, _ opening: Int) -> String {
        let beginning = JSONError(at: opening, in: bytes, "")
        return "the \(kind) that begins "
            + (isStrict ? "in line \(beginning.line)" : "at byte \(beginning.offset)")
    }

    func unescaped(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
            "a string may not run over the end of its line; close it with a double quote, or write \\n"
        case UInt8(ascii: "\t"): "a string may not contain a tab; write \\t"
        default: "a string may not contain a control character; write \\u00\(Hex.text([byte]))"
        }
    }
}
