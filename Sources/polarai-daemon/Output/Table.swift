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
        /// What people and services call something: any text of any length.
        let isFreeText: Bool

        init(_ title: String, isOptional: Bool = false, isFreeText: Bool = false) {
            self.title = title
            self.isOptional = isOptional
            self.isFreeText = isFreeText
        }
    }

    private let columns: [Column]
    private let isColoured: Bool
    /// To how many cells free text is cut; nil: it is not.
    private let longestFreeText: Int?
    private var widths: [Int]
    private var waiting: [[Cell]] = []
    private var isBegun = false

    /// So many rows are looked at before the first is written.
    private static let measured = 1000
    /// A column is as wide as its widest cell, but no wider than this: a longer cell moves the rest of its own row only.
    /// Ids have up to 64 bytes.
    private static let widestColumn = 64
    private static let widestFreeText = 40
    private static let narrowestFreeText = 16

    /// - Parameter screenWidth: cells of a line of the terminal; nil if the table does not go to one: then nothing is cut.
    init(_ columns: [Column], isColoured: Bool, screenWidth: Int? = nil) {
        self.columns = columns
        self.isColoured = isColoured
        longestFreeText = screenWidth.map { min(max($0 / 3, Self.narrowestFreeText), Self.widestFreeText) }
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
                let widest = columns[column].isFreeText ? Self.widestFreeText : Self.widestColumn
                widths[column] = max(widths[column], min(Self.width(fitted(cell, in: column)), widest))
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
        for (index, (cell, width)) in zip(row, widths).enumerated() where width > 0 {
            if !cell.text.isEmpty {
                // Here and not after the cell: no line ends in white space.
                let gap = max(column - end, end > 0 ? 1 : 0)
                let text = fitted(cell, in: index)
                line += String(repeating: " ", count: gap) + styled(text, cell.colour)
                end += gap + Self.width(text)
            }
            column += width + 2
        }
        return line + "\n"
    }

    /// The text of a cell as far as its column shows it.
    private func fitted(_ cell: Cell, in column: Int) -> String {
        let text = TerminalText.cell(cell.text)
        guard columns[column].isFreeText, let longestFreeText, Self.width(text) > longestFreeText else { return text }
        return TerminalText.cut(text, toCells: longestFreeText - 1) + "…"
    }

    private func styled(_ text: String, _ colour: Colour?) -> String {
        guard isColoured, let colour else { return text }
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
