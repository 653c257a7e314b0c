import Model

/// Text in columns for people: as wide as the first rows need, later rows may stand out.
struct Table {
    struct Cell {
        var text: String
        var colour: Colour?

        init(_ text: String, _ colour: Colour? = nil) {
            self.text = text
            self.colour = colour
        }
    }

    enum Colour {
        case red, green, yellow, dim

        /// The text between the marks of the style.
        func applied(to text: String) -> String {
            let style: TerminalText.Style =
                switch self {
                case .red: .red
                case .green: .green
                case .yellow: .yellow
                case .dim: .dim
                }
            return "\(style.mark)\(text)\(TerminalText.Style.end.mark)"
        }
    }

    private let header: [String]
    private let isColoured: Bool
    private var widths: [Int]
    /// Columns that are left out if nothing is in them.
    private let optional: Set<Int>
    private var waiting: [[Cell]] = []
    private var isBegun = false

    /// So many rows are looked at before the first is written.
    private static let measured = 1000

    init(header: [String], optional: Set<Int> = [], isColoured: Bool) {
        self.header = header
        self.optional = optional
        self.isColoured = isColoured
        widths = header.enumerated().map { optional.contains($0.offset) ? 0 : Self.width($0.element) }
    }

    /// - Returns: what can be written now.
    mutating func add(_ row: [Cell]) -> String {
        guard !isBegun else { return line(row) }
        waiting.append(row)
        return waiting.count < Self.measured ? "" : flush()
    }

    /// - Returns: all that was waiting, below the header; nothing if there were no rows.
    mutating func flush() -> String {
        guard !isBegun, !waiting.isEmpty else { return "" }
        isBegun = true
        for row in waiting {
            for (column, cell) in row.enumerated() {
                widths[column] = max(widths[column], Self.width(cell.text))
            }
        }
        for column in optional where widths[column] > 0 {
            widths[column] = max(widths[column], Self.width(header[column]))
        }
        let rows = waiting
        waiting = []
        return rows.reduce(into: line(header.map { Cell($0, .dim) })) { $0 += line($1) }
    }

    private func line(_ row: [Cell]) -> String {
        var line = ""
        // Where the column begins, and where the text before it ends.
        var column = 0
        var end = 0
        for (cell, width) in zip(row, widths) where width > 0 {
            if !cell.text.isEmpty {
                // Here and not after the cell: no line ends in white space.
                let gap = max(column - end, end > 0 ? 1 : 0)
                line += String(repeating: " ", count: gap) + styled(cell)
                end += gap + Self.width(cell.text)
            }
            column += width + 2
        }
        return line + "\n"
    }

    private func styled(_ cell: Cell) -> String {
        let text = TerminalText.cell(cell.text)
        guard isColoured, let colour = cell.colour else { return text }
        return colour.applied(to: text)
    }

    /// Of the text as it is printed.
    private static func width(_ text: String) -> Int {
        TerminalText.width(TerminalText.cell(text))
    }
}
