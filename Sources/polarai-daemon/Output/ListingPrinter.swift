import Model

/// Prints the rows of a listing one after the other in one of the formats, into one buffer.
struct ListingPrinter<Rows: RowListing> {
    /// Whether CSV has its header even if no row follows.
    enum CSVHeader {
        case always, withRows
    }

    private let listing: Rows
    private let format: OutputFormat
    private var json = JSONBytes(reservingCapacity: 1 << 16)
    private var csv = CSVBytes()
    private var table: Table
    private var text = ""
    private var needsHeader = true
    /// How many rows were printed.
    private(set) var count = 0

    init(
        _ listing: Rows, as format: OutputFormat, csvHeader: CSVHeader = .withRows,
        isColoured: Bool = StandardOutput.takesColour, screenWidth: Int? = StandardOutput.screenWidth
    ) {
        self.listing = listing
        self.format = format
        table = Table(listing.columns, isColoured: isColoured, screenWidth: screenWidth)
        if csvHeader == .always { writeHeader() }
    }

    mutating func print(_ row: Rows.Row) throws {
        switch format {
        case .json:
            json.raw(count == 0 ? "[" : ",\n")
            try listing.write(row, to: &json)
        case .jsonl:
            try listing.write(row, to: &json)
            json.raw("\n")
        case .csv:
            writeHeader()
            try listing.write(row, to: &csv)
            csv.endLine()
        case .table: text += table.add(try listing.cells(row))
        }
        count += 1
    }

    private mutating func writeHeader() {
        guard format == .csv, needsHeader else { return }
        csv.header(listing.fields)
        needsHeader = false
    }

    /// After the last row.
    mutating func end() {
        if format == .json { json.raw(count == 0 ? "[]\n" : "]\n") }
        text += table.flush()
    }

    /// Takes what was printed so far. A table whose first rows were waiting for wider ones waits no longer.
    mutating func take() -> [UInt8] {
        switch format {
        case .json, .jsonl: return json.take()
        case .csv: return csv.take()
        case .table:
            text += table.flush()
            defer { text = "" }
            return TerminalText.output(text)
        }
    }

    /// Writes what was printed so far to the standard output.
    ///
    /// - Throws: `CommandFailure` if the output does not take it.
    mutating func flush() throws {
        let bytes = take()
        // A table is harmless already, and has its colours.
        if format == .table { try StandardOutput.write(bytes) } else { try StandardOutput.data(bytes) }
    }
}

extension ListingPrinter {
    /// Prints all rows to the standard output.
    static func show(_ rows: some Sequence<Rows.Row>, of listing: Rows, as format: OutputFormat) throws {
        var printer = ListingPrinter(listing, as: format, csvHeader: .always)
        for row in rows { try printer.print(row) }
        printer.end()
        try printer.flush()
    }
}
