import Model

/// One value of a config with its place: turns it into what is meant, or says why that cannot be.
struct ValueReader {
    let value: JSONValue
    let path: ConfigPath
    let context: LoadContext

    /// Reports what is wrong, and is nil.
    func refuse<Value>(_ message: String) -> Value? {
        context.mistake(path, message)
        return nil
    }

    /// A string of the config for a message: in quotes, or `this value` if it may be a secret or is long.
    func shown(_ text: String) -> String {
        path.isPrivate || text.utf8.count > 60 || Disclosure.isTellingAddress(text)
            ? "this value" : JSONValueText.quote(text)
    }

    // MARK: Texts

    /// A text of one line that is not empty.
    func text(_ wanted: String = "write a string in double quotes") -> String? {
        guard let text = value.stringValue else { return refuse("is \(value.kindName); \(wanted)") }
        guard !text.isEmpty else { return refuse("is an empty string; \(wanted)") }
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            return refuse("contains a line break or another control character; remove it")
        }
        return text
    }

    /// A number of a chat or a thread, which people write as text or as a number.
    func numberOrText() -> String? {
        if let wholeNumber { return String(wholeNumber) }
        let wanted = "write a string or a whole number"
        if case .number = value { return refuse("\(noWholeNumber); \(wanted)") }
        return text(wanted)
    }

    /// One of the words of an enum.
    func word<Word: RawRepresentable<String> & CaseIterable>(
        _ type: Word.Type, aliases: [String: Word] = [:]
    ) -> Word? {
        word(among: Word.allCases.map(\.rawValue), aliases: aliases.mapValues(\.rawValue))
            .flatMap { Word(rawValue: $0) }
    }

    /// One of some words.
    ///
    /// - Parameter aliases: what other programs call them: known well enough to name the right one.
    func word(among words: [String], aliases: [String: String] = [:]) -> String? {
        let wanted = "write \(words.count > 1 ? "one of " : "")\(words.joined(separator: ", "))"
        guard let text = text(wanted) else { return nil }
        guard words.contains(text) else {
            let near = aliases[text.lowercased()] ?? NearestName.of(text, among: words)
            let hint = near.map { "did you mean \"\($0)\"?" } ?? wanted
            return refuse("\(shown(text)) is not a known value; \(hint)")
        }
        return text
    }

    /// A path; a relative one starts at the config's folder.
    ///
    /// - Parameter elsewhere: what to do with an address, which is not a path: it may hold a password, and would become a
    ///   file's name.
    func filePath(elsewhere: String = "write the path of a file") -> String? {
        guard let text = text("write the path of a file") else { return nil }
        guard !text.contains("://") else { return refuse("is an address, not the path of a file; \(elsewhere)") }
        guard Placeholder(in: text) == nil else {
            return refuse("contains a variable, which is not replaced in this file; write the path itself")
        }
        return context.resolve(text)
    }

    // MARK: Numbers and flags

    func flag() -> Bool? {
        guard case .bool(let flag) = value else { return refuse("is \(value.kindName); write true or false") }
        return flag
    }

    /// The value if it is a whole number, however it is written: 1, 1.0 and 10e-1 are the same in JSON.
    var wholeNumber: Int64? {
        switch value {
        case .integer(let integer): integer
        case .number(let number): Int64(exactly: number)
        default: nil
        }
    }

    /// Why the value is none that can be used.
    private var noWholeNumber: String {
        guard case .number(let number) = value else { return "is \(value.kindName)" }
        return number == number.rounded() ? "is out of range" : "is not a whole number"
    }

    func integer(in range: ClosedRange<Int>) -> Int? {
        let wanted = "write a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let wholeNumber else { return refuse("\(noWholeNumber); \(wanted)") }
        guard let number = Int(exactly: wholeNumber), range.contains(number) else {
            return refuse("is out of range; \(wanted)")
        }
        return number
    }

    func number(in range: ClosedRange<Double>) -> Double? {
        let bounds = [range.lowerBound, range.upperBound].map { JSONValue.number($0).text() }
        let wanted = "write a number from \(bounds.joined(separator: " to "))"
        let number: Double
        switch value {
        case .integer(let integer): number = Double(integer)
        case .number(let double): number = double
        default: return refuse("is \(value.kindName); \(wanted)")
        }
        guard range.contains(number) else { return refuse("is out of range; \(wanted)") }
        return number
    }

    // MARK: Lists and maps

    /// Every item that can be read; a single value in place of a list is refused.
    func list<Item>(_ example: String, _ decode: (ValueReader) -> Item?) -> [Item]? {
        guard let items = value.arrayValue else {
            return refuse("is \(value.kindName); write a list such as \(example)")
        }
        // No larger than needed: what comes of the config is kept.
        var decoded: [Item] = []
        decoded.reserveCapacity(items.count)
        for (position, item) in items.enumerated() {
            if let item = decode(ValueReader(value: item, path: path.index(position), context: context)) {
                decoded.append(item)
            }
        }
        return decoded
    }

    /// A list that holds something: an empty one would match nothing, where leaving it out matches all.
    func filledList<Item>(_ example: String, _ decode: (ValueReader) -> Item?) -> [Item]? {
        guard value.arrayValue?.isEmpty != true else {
            return refuse("is an empty list, which matches nothing; leave it out, or write a list such as \(example)")
        }
        return list(example, decode)
    }

    func map<Item>(_ example: String, _ decode: (String, ValueReader) -> Item?) -> [String: Item]? {
        guard let members = value.objectValue else {
            return refuse("is \(value.kindName); write an object such as \(example)")
        }
        var items = [String: Item](minimumCapacity: members.count)
        for name in members.keys.sorted() {
            guard let member = members[name] else { continue }
            let reader = ValueReader(value: member, path: path.key(name), context: context)
            items[name] = decode(name, reader)
        }
        return items
    }

    func labels() -> [String: String]? {
        map(#"{"team": "nlp"}"#) { name, reader in
            guard !name.isEmpty else { return reader.refuse("a label needs a name") }
            switch reader.value {
            case .string(let text):
                if Placeholder(in: text) != nil {
                    context.warning(reader.path, "contains a variable, which is not replaced in this file")
                }
                return text
            case .integer, .number, .bool:
                return reader.refuse("is \(reader.value.kindName); labels are strings, so put it in double quotes")
            default: return reader.refuse("is \(reader.value.kindName); labels are strings")
            }
        }
    }

    func object<Key: ConfigKey>(_ type: Key.Type, example: String) -> ObjectReader<Key>? {
        object(type, wanted: "an object such as \(example)")
    }

    func object<Key: ConfigKey>(_ type: Key.Type, wanted: String) -> ObjectReader<Key>? {
        ObjectReader(value, at: path, in: context, wanted: wanted)
    }
}
