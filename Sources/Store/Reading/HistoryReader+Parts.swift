import Model

extension HistoryReader {
    /// The newest `limit` events that match and have a lower number than `bound`, oldest first.
    ///
    /// - Parameter bound: nil: from the newest one.
    /// - Returns: whether there are older ones.
    package func history(
        _ filter: HistoryFilter, before bound: Int64?, limit: Int, _ body: (HistoryRow) throws -> Void
    ) throws -> Bool {
        guard limit > 0 else { return false }
        return try connection.snapshot {
            try renewNumbering()
            let query = try makeQuery(filter)
            let bound = bound ?? .max
            let (sql, values) = query.lowest(limit: limit + 1, below: bound)
            let extra = try connection.integer(sql, values)
            try forEachRow(of: query, in: (extra.map { $0 + 1 } ?? 0)..<max(0, bound), limit: limit, body)
            return extra != nil
        }
    }

    /// At most `limit` events that came after the one with number `seq`, oldest first.
    ///
    /// - Returns: where to go on.
    package func events(after seq: Int64, limit: Int, _ body: (HistoryRow) throws -> Void) throws -> Int64 {
        try connection.snapshot {
            let newest = try self.newest()
            guard newest > seq else { return seq }
            try renewNumbering()
            var last = seq
            var count = 0
            try forEachRow(of: makeQuery(HistoryFilter()), in: seq + 1..<newest + 1, limit: limit) { row in
                last = row.seq
                count += 1
                try body(row)
            }
            // Of what was pruned nothing is left to be read.
            return count < limit ? newest : last
        }
    }
}
