import Model

/// The query of an address, as HTML forms write it.
struct Query: Sendable {
    struct Item: Hashable, Sendable {
        let name: String
        let value: String
    }

    let items: [Item]

    /// Longer ones are refused: no list of filters is.
    private static let most = 200

    /// - Throws: `ParameterError` if a part is not percent-encoded UTF-8.
    init(_ text: String) throws(ParameterError) {
        var items: [Item] = []
        for part in text.split(separator: "&") {
            guard items.count < Self.most else {
                throw ParameterError("the query", "has more than \(Self.most) parts", "的参数超过 \(Self.most) 个")
            }
            let end = part.firstIndex(of: "=") ?? part.endIndex
            let name = Self.decoded(part[..<end])
            guard let name else { throw ParameterError("the query", "is not percent-encoded UTF-8", "不是百分号编码的 UTF-8") }
            guard let value = Self.decoded(part[end...].dropFirst()) else {
                throw ParameterError(name, "is not percent-encoded UTF-8", "的值不是百分号编码的 UTF-8")
            }
            items.append(Item(name: name, value: value))
        }
        self.items = items
    }

    func values(_ name: String) -> [String] {
        items.compactMap { $0.name == name ? $0.value : nil }
    }

    private static func decoded(_ text: Substring) -> String? {
        let plain = text.replacing("+", with: " ")
        guard let decoded = PercentEncoding.decode(plain), !decoded.utf8.contains(0) else { return nil }
        return decoded
    }
}

/// A parameter that means nothing, or not what it should.
struct ParameterError: Error, Hashable {
    let name: String
    /// What is wrong with it, to stand behind its name.
    let message: String
    /// The same in Chinese.
    let chinese: String

    init(_ name: String, _ message: String, _ chinese: String) {
        self.name = name
        self.message = message
        self.chinese = chinese
    }
}
