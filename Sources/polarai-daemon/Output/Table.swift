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

    enum Colour: String {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case dim = "2"
    }

    private let header: [String]
    private let isColoured: Bool
    private var widths: [Int]
    /// Columns that are left out where nothing is in them.
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

    /// - Returns: all that was waiting, below the header; nothing where there were no rows.
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
        let text = Self.printable(cell.text)
        guard isColoured, let colour = cell.colour else { return text }
        return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }

    /// A name or a status from outside must not steer the terminal.
    static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
    }

    /// Cells of a terminal: East Asian wide characters take two (Unicode Standard Annex 11), marks none.
    private static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { width, scalar in
            switch scalar.value {
            case 0x300...0x36F, 0x200B...0x200F, 0xFE00...0xFE0F: width
            case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
                0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
                width + 2
            default: width + 1
            }
        }
    }
}
