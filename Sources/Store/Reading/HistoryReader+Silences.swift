package import Model

extension HistoryReader {
    /// How long a silence stays listed after its end.
    private static let listed = Duration.seconds(7 * 86_400)

    /// The silences by id: the active ones and those that ended within seven days, or all of them.
    package func silences(all: Bool = false, at now: Timestamp) throws -> [SilenceRow] {
        let held = try SilenceQuery.heldCounts(in: connection.session)
        let silences =
            all
            ? try connection.session.rows(SilenceQuery.all + " ORDER BY id", .none, SilenceQuery.silence)
            : try connection.session.rows(
                SilenceQuery.recent + " ORDER BY id", [now.advanced(by: .zero - Self.listed).milliseconds],
                SilenceQuery.silence)
        return silences.map { SilenceRow($0, held: held[$0.id] ?? 0) }
    }
}

extension Acknowledgement {
    /// Reads the JSON object that the history's query makes of a row of `acks`.
    init?(stored text: String) {
        guard let json = try? JSONValue(parsing: Array(text.utf8)), case .integer(let at)? = json["at"],
            let author = json["by"]?.stringValue
        else { return nil }
        self.init(at: Timestamp(milliseconds: at), author: author, comment: json["comment"]?.stringValue)
    }
}
