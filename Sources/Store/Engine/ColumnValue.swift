import Model

/// What a column is read as. Which one it is follows from where the value goes: `let seq: Int64 = row[0]`.
protocol ColumnValue {
    /// - Returns: 0, false or an empty text for NULL.
    static func read(_ column: Int32, of row: Statement) -> Self
}

extension Int64: ColumnValue {
    static func read(_ column: Int32, of row: Statement) -> Int64 { row.integer(column) }
}

extension Int: ColumnValue {
    static func read(_ column: Int32, of row: Statement) -> Int { Int(row.integer(column)) }
}

extension Bool: ColumnValue {
    static func read(_ column: Int32, of row: Statement) -> Bool { row.flag(column) }
}

extension Double: ColumnValue {
    static func read(_ column: Int32, of row: Statement) -> Double { row.double(column) }
}

extension String: ColumnValue {
    static func read(_ column: Int32, of row: Statement) -> String { row.text(column) ?? "" }
}

extension Statement {
    subscript<Value: ColumnValue>(column: Int32) -> Value { Value.read(column, of: self) }

    /// Nil for NULL.
    subscript<Value: ColumnValue>(column: Int32) -> Value? {
        isNull(column) ? nil : Value.read(column, of: self)
    }

    func text(_ column: Int32) -> String? {
        bytes(column).map { String(decoding: $0, as: UTF8.self) }
    }

    func number(_ column: Int32) -> Double? { self[column] }

    func time(_ column: Int32) -> Timestamp? {
        isNull(column) ? nil : Timestamp(milliseconds: integer(column))
    }

    func status(_ column: Int32) -> ClusterStatus? {
        text(column).map { ClusterStatus($0) }
    }
}
