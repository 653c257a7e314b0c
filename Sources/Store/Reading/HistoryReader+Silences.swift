package import Model

extension HistoryReader {
    /// How long a silence stays listed after its end.
    private static let listed = Duration.seconds(7 * 86_400)

    /// The silences by id: the active ones and those that ended within seven days, or all of them.
    package func silences(all: Bool = false, at now: Timestamp) throws -> [SilenceRow] {
        var held: [Int64: Int] = [:]
        let counts = try connection.prepare(SilenceQuery.held)
        while try counts.step() { held[counts.integer(0)] = Int(counts.integer(1)) }
        let statement =
            all
            ? try connection.prepare(SilenceQuery.all + " ORDER BY id")
            : try connection.prepare(
                SilenceQuery.recent + " ORDER BY id", [.integer(now.advanced(by: .zero - Self.listed).milliseconds)])
        var rows: [SilenceRow] = []
        while try statement.step() {
            let silence = SilenceQuery.silence(
                id: statement.integer(0), matchers: statement.text(1) ?? "", startsAt: statement.integer(2),
                endsAt: statement.integer(3), comment: statement.text(4) ?? "", author: statement.text(5) ?? "",
                drops: statement.integer(6) != 0)
            if let silence { rows.append(SilenceRow(silence, held: held[silence.id] ?? 0)) }
        }
        return rows
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
