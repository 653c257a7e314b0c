import Model

/// A config's text as a value, read strictly (RFC 8259) and with its places kept.
struct JSONText {
    let value: JSONValue
    let duplicateKeys: [DuplicateKey]

    /// A key that an object has twice; the later one is the one in `value`.
    struct DuplicateKey {
        let path: ConfigPath
        /// Where it stands for the second time.
        let line: Int
    }

    /// - Parameter root: where the text's own value stands.
    init(_ bytes: [UInt8], at root: ConfigPath) throws(JSONSyntaxError) {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw JSONSyntaxError(place: "", message: "is UTF-16 text; save it as UTF-8")
        }
        // Blanks, line ends and a byte order mark are nothing.
        if bytes.allSatisfy({ $0 <= 0x20 || [0xEF, 0xBB, 0xBF].contains($0) }) {
            throw JSONSyntaxError(place: "", message: "is empty; the smallest config is {}")
        }
        let document: JSONDocument
        do {
            document = try JSONDocument(bytes)
        } catch {
            throw JSONSyntaxError(place: "line \(error.line), column \(error.column)", message: error.message)
        }
        value = document.value
        duplicateKeys = document.duplicateKeys.map { DuplicateKey(path: root.following($0.path), line: $0.line) }
    }
}

extension ConfigPath {
    fileprivate func following(_ steps: [JSONDocument.Step]) -> ConfigPath {
        steps.reduce(self) { path, step in
            switch step {
            case .key(let name): path.key(name)
            case .index(let position): path.index(position)
            }
        }
    }
}

/// Why a config is not JSON. Quotes nothing of it.
struct JSONSyntaxError: Error {
    /// `line 3, column 5`; empty if it is about the whole text.
    let place: String
    let message: String
}

enum JSONValueText {
    /// A text in double quotes with what JSON escapes escaped, cut if it is long: for messages.
    static func quote(_ text: String) -> String {
        JSONValue.string(text.cut(to: 60, .scalars)).text()
    }
}
