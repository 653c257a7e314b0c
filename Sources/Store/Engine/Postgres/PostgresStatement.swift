import Postgres

/// A statement for PostgreSQL, and the row of its result that it stands on.
final class PostgresStatement {
    private let sql: String
    private let session: PostgresSession
    private var values: [SQLValue] = []
    private var result: PostgresResult?
    private var position = -1

    init(_ sql: String, on session: PostgresSession) {
        self.sql = sql
        self.session = session
    }

    func bind(_ values: [SQLValue]) {
        self.values = values
        reset()
    }

    func reset() {
        result = nil
        position = -1
    }

    func step() throws -> Bool {
        let result = try self.result ?? session.query(sql, values)
        self.result = result
        position += 1
        return position < result.count
    }

    func changedRows(_ values: [SQLValue]) throws -> Int {
        try session.query(sql, values).changedCount
    }

    func queue(_ values: [SQLValue]) throws {
        try session.queue(sql, values)
    }

    private func row() -> PostgresRow? {
        guard let result, position >= 0, position < result.count else { return nil }
        return result[position]
    }

    func isNull(_ column: Int32) -> Bool { row()?.isNull(Int(column)) ?? true }

    func integer(_ column: Int32) -> Int64 {
        guard let row = row() else { return 0 }
        if let value = row.int(Int(column)) { return value }
        // Sums are of a type with decimals.
        return row.flag(Int(column)).map { $0 ? 1 : 0 } ?? row.real(Int(column)).flatMap {
            Int64(exactly: $0.rounded())
        } ?? 0
    }

    func double(_ column: Int32) -> Double { row()?.real(Int(column)) ?? 0 }

    func flag(_ column: Int32) -> Bool {
        guard let row = row() else { return false }
        return row.flag(Int(column)) ?? ((row.int(Int(column)) ?? 0) != 0)
    }

    func bytes(_ column: Int32) -> UnsafeBufferPointer<UInt8>? {
        guard let result, position >= 0, position < result.count else { return nil }
        return result.bytes(position, Int(column))
    }

    func blob(_ column: Int32) -> [UInt8] { row()?.bytes(Int(column)) ?? [] }
}
