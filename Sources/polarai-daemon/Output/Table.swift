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

    struct Column {
        let title: String
        /// Left out if nothing is in it.
        let isOptional: Bool

        init(_ title: String, isOptional: Bool = false) {
            self.title = title
            self.isOptional = isOptional
        }
    }

    private let columns: [Column]
    private let isColoured: Bool
    private var widths: [Int]
    private var waiting: [[Cell]] = []
    private var isBegun = false

    /// So many rows are looked at before the first is written.
    private static let measured = 1000

    init(_ columns: [Column], isColoured: Bool) {
        self.columns = columns
        self.isColoured = isColoured
        widths = columns.map { $0.isOptional ? 0 : Self.width($0.title) }
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
        for (index, column) in columns.enumerated() where column.isOptional && widths[index] > 0 {
            widths[index] = max(widths[index], Self.width(column.title))
        }
        let rows = waiting
        waiting = []
        return rows.reduce(into: line(columns.map { Cell($0.title, .dim) })) { $0 += line($1) }
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

extension Table.Column: ExpressibleByStringLiteral {
    init(stringLiteral title: String) {
        self.init(title)
    }
}
