import CPostgres
import Wire

/// What one statement gave: rows that are read where libpq put them, for as long as this lives.
package final class PostgresResult {
    private let handle: OpaquePointer
    let columnCount: Int32

    /// - Parameter handle: becomes this object's.
    init(taking handle: OpaquePointer) {
        self.handle = handle
        columnCount = PQnfields(handle)
    }

    deinit {
        PQclear(handle)
    }

    /// How many rows an INSERT, UPDATE or DELETE changed; of a SELECT, how many it gave.
    package var changedCount: Int {
        guard let text = PQcmdTuples(handle) else { return 0 }
        return Int(String(cString: text)) ?? 0
    }

    /// What was done, for example `COMMIT`.
    var command: String { PQcmdStatus(handle).map { String(cString: $0) } ?? "" }

    /// The bytes of a value, for as long as the result lives; nil if it is NULL or the column does not exist.
    package func bytes(_ row: Int, _ column: Int) -> UnsafeBufferPointer<UInt8>? {
        guard let row = Int32(exactly: row), let column = Int32(exactly: column), column >= 0, column < columnCount,
            PQgetisnull(handle, row, column) == 0, let start = PQgetvalue(handle, row, column)
        else { return nil }
        let count = Int(PQgetlength(handle, row, column))
        return UnsafeRawBufferPointer(start: start, count: count).bindMemory(to: UInt8.self)
    }

    fileprivate var rowCount: Int { Int(PQntuples(handle)) }
}

extension PostgresResult: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { rowCount }

    package subscript(position: Int) -> PostgresRow { PostgresRow(result: self, position: position) }
}

/// One row. A getter is nil where the value is NULL or of another kind.
package struct PostgresRow {
    let result: PostgresResult
    let position: Int

    package func isNull(_ column: Int) -> Bool { result.bytes(position, column) == nil }

    package func int(_ column: Int) -> Int64? {
        guard let bytes = result.bytes(position, column), let first = bytes.first else { return nil }
        let isNegative = first == UInt8(ascii: "-")
        let digits = isNegative ? bytes.dropFirst() : bytes[...]
        guard !digits.isEmpty else { return nil }
        var value: Int64 = 0
        for digit in digits {
            guard digit.isDigit else { return nil }
            let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let ones = Int64(digit - UInt8(ascii: "0"))
            let (sum, overflows) =
                isNegative ? tens.subtractingReportingOverflow(ones) : tens.addingReportingOverflow(ones)
            guard !isTooLarge, !overflows else { return nil }
            value = sum
        }
        return value
    }

    package func real(_ column: Int) -> Double? {
        result.bytes(position, column).flatMap { Double(String(decoding: $0, as: UTF8.self)) }
    }

    package func text(_ column: Int) -> String? {
        result.bytes(position, column).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Of `boolean`.
    package func flag(_ column: Int) -> Bool? {
        switch result.bytes(position, column)?.first {
        case UInt8(ascii: "t"): true
        case UInt8(ascii: "f"): false
        default: nil
        }
    }

    /// Of `bytea`.
    package func bytes(_ column: Int) -> [UInt8]? {
        guard let text = result.bytes(position, column), text.count % 2 == 0,
            text.starts(with: #"\x"#.utf8)
        else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        for place in stride(from: 2, to: text.count, by: 2) {
            guard let high = Hex.value(text[place]), let low = Hex.value(text[place + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}
