import CPostgres
import Wire

/// The keywords of an address as libpq reads them, each value bounded and of one line.
struct ParsedOptions {
    private(set) var values: [String: String] = [:]

    private static let example = "write postgresql://USER@HOST/DATABASE"

    /// - Throws: `PostgresError` of kind `address`. libpq's own complaints quote the address, and are not shown.
    init(_ url: String) throws(PostgresError) {
        guard url.utf8.count <= PostgresAddress.maximumBytes else {
            throw .wrong("is longer than \(PostgresAddress.maximumBytes) bytes; \(Self.example)")
        }
        guard PostgresAddress.isURL(url) else {
            throw .wrong("is not the URL of a PostgreSQL database; \(Self.example)")
        }
        // Nothing else may stand in a URL: what is special in a user's name or a password is written as %XX.
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw .wrong("contains a space or a control character; write it as %20 or the like")
        }
        var complaint: UnsafeMutablePointer<CChar>?
        let parsed = PQconninfoParse(url, &complaint)
        if let complaint { PQfreemem(complaint) }
        guard let parsed else {
            throw .wrong(
                "is not a valid URL; \(Self.example)?KEYWORD=VALUE with libpq's keywords; in a name or a password, write @ : / "
                    + "? # % as %40 %3A %2F %3F %23 %25")
        }
        defer { PQconninfoFree(parsed) }
        var option = parsed
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                try take(String(cString: keyword), value)
            }
            option += 1
        }
    }

    private mutating func take(_ keyword: String, _ value: UnsafeMutablePointer<CChar>) throws(PostgresError) {
        let length = strlen(value)
        let bytes = UnsafeRawBufferPointer(start: value, count: length)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .wrong("has a \(keyword) that is not UTF-8 text")
        }
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw .wrong("has a control character in its \(keyword)")
        }
        if !text.isEmpty { values[keyword] = text }
    }

    func value(_ keyword: String) -> String? { values[keyword] }

    func number(_ keyword: String, in range: ClosedRange<Int>) throws(PostgresError) -> Int? {
        guard let text = values[keyword] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .wrong(
                "has a \(keyword) that is not a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
