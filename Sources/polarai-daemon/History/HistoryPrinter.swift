import Model
import Reports
import Store

/// Prints events one after the other, in one of the formats, into one buffer.
struct HistoryPrinter {
    private let format: OutputFormat
    private var json = HistoryJSON()
    private var csv = HistoryCSV()
    private var table: HistoryTable
    /// How many events were printed.
    private(set) var count = 0

    init(format: OutputFormat, style: TimeStyle, isColoured: Bool = StandardOutput.takesColour) {
        self.format = format
        table = HistoryTable(style: style, isColoured: isColoured)
    }

    mutating func print(_ row: HistoryRow) throws {
        switch format {
        case .json:
            json.separate(isFirst: count == 0)
            try json.append(row)
        case .jsonl:
            try json.append(row)
            json.endLine()
        case .csv: try csv.append(row, isFirst: count == 0)
        case .table: try table.append(row)
        }
        count += 1
    }

    /// After the last event.
    mutating func end() {
        if format == .json { json.end(isEmpty: count == 0) }
    }

    /// Takes what was printed so far.
    mutating func take() -> [UInt8] {
        switch format {
        case .json, .jsonl: json.take()
        case .csv: csv.take()
        case .table: table.take()
        }
    }

    mutating func flush() throws {
        try StandardOutput.write(take())
    }
}
