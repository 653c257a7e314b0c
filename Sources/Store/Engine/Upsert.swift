import Model

/// The end of an insertion that replaces the row with the same key.
enum Upsert {
    /// - Parameter columns: all of them, with commas between.
    static func clause(key: [String], columns: String) -> String {
        let updates = columns.split(separator: ",").map(\.trimmed).filter { !key.contains($0) }
            .map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        return "ON CONFLICT (\(key.joined(separator: ", "))) DO UPDATE SET \(updates)"
    }
}
