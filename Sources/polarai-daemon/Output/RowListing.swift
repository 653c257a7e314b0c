import Model

/// What the rows of a command look like in each format. All that a command which lists something has to say of them:
/// how a format is written is `ListingPrinter`'s.
protocol RowListing {
    associatedtype Row

    /// The columns of the table for people; free to change.
    var columns: [Table.Column] { get }
    /// One for each column.
    func cells(_ row: Row) throws -> [Table.Cell]

    /// Appends the row as one JSON object. Its members are a contract with scripts.
    func write(_ row: Row, to json: inout JSONBytes) throws

    /// The columns of the CSV: names of the JSON's members, a contract with scripts.
    var fields: [String] { get }
    /// Appends the row's fields, in the order of `fields`.
    func write(_ row: Row, to csv: inout CSVBytes) throws
}

/// A listing whose rows are small enough to be made into a value first.
protocol ValueListing: RowListing {
    func json(_ row: Row) -> JSONValue
}

extension ValueListing {
    func write(_ row: Row, to json: inout JSONBytes) {
        json.value(self.json(row))
    }

    /// Texts as they are, structures as JSON, nothing for what is not known.
    func write(_ row: Row, to csv: inout CSVBytes) {
        let json = json(row)
        for field in fields { csv.field(json[field] ?? .null) }
    }
}

extension RowListing {
    /// The table of all rows, with marks of style; nothing if there are none.
    func table(_ rows: [Row], isColoured: Bool, screenWidth: Int? = nil) throws -> String {
        var table = Table(columns, isColoured: isColoured, screenWidth: screenWidth)
        return try rows.reduce(into: "") { $0 += table.add(try cells($1)) } + table.flush()
    }
}
