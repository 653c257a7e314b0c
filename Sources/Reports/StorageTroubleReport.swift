package import Model
import Store

/// What the running daemon reports of a database whose file is not the one it works on, or that it cannot read or write: then
/// the file itself cannot say that a daemon runs.
package struct StorageTroubleReport: Equatable, Sendable {
    /// The `database` object of the daemon's answer.
    package let json: JSONValue
    package let error: String
    /// Who answers.
    package let daemon: JSONValue

    package init(json: JSONValue, error: String, daemon: JSONValue) {
        self.json = json
        self.error = error
        self.daemon = daemon
    }

    /// - Parameters:
    ///   - answer: of `GET /v1/status`, whatever its status code is.
    ///   - place: the database that is meant: a path, or a server's address.
    /// - Returns: nil if the daemon has no trouble, or works on another database.
    package init?(answer: JSONValue?, about place: String) {
        guard let answer, let database = answer["database"], database["reachable"] == .bool(false),
            let error = database["error"]?.stringValue,
            [place, HistoryReader.realPath(of: place)].contains(where: { Self.names($0, in: error) })
        else { return nil }
        self.init(json: database, error: error, daemon: answer["daemon"] ?? .null)
    }

    /// For `status` and `doctor` alike.
    package var sentence: String { "The daemon is running, but its database has trouble: \(error)" }

    /// Whether a sentence names a place, and not one that only begins or ends like it.
    static func names(_ place: String, in sentence: String) -> Bool {
        guard !place.isEmpty else { return false }
        return sentence.ranges(of: place).contains { range in
            let before = sentence[..<range.lowerBound].last ?? " "
            let after = sentence[range.upperBound...]
            return !isOfPath(before) && !(after.first.map(isOfPath) ?? false) && !isExtension(after)
        }
    }

    private static func isOfPath(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "/_-~".contains(character)
    }

    /// A full stop that ends no sentence: `polarai.db.old`.
    private static func isExtension(_ text: Substring) -> Bool {
        text.first == "." && (text.dropFirst().first.map { isOfPath($0) || $0 == "." } ?? false)
    }

    /// The status of the database with what the daemon says of it.
    ///
    /// - Parameter status: the object of `status --format json`.
    package func added(to status: JSONValue) -> JSONValue {
        guard case .object(var members) = status else { return status }
        members["database"] = json
        members["daemon"] = daemon
        return .object(members)
    }
}
