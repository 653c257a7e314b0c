/// A table that becomes a list of cards if there is no room for it.
struct DataTable {
    /// Of every column; an empty one is not shown as a label.
    let columns: [String]
    let caption: String
    private var rows: [HTML] = []

    init(caption: String, columns: [String]) {
        self.caption = caption
        self.columns = columns
    }

    var isEmpty: Bool { rows.isEmpty }

    /// - Parameters:
    ///   - key: finds the row again when the page refreshes itself.
    ///   - cells: one a column; the first one names the row.
    mutating func add(key: String, _ cells: [HTML]) {
        var row: HTML = "<tr data-key=\"\(key)\">"
        for (index, cell) in cells.enumerated() {
            let label = index < columns.count ? columns[index] : ""
            row +=
                index == 0
                ? "<th scope=\"row\">\(cell)</th>" : "<td data-label=\"\(label)\">\(cell)</td>"
        }
        row += "</tr>\n"
        rows.append(row)
    }

    var html: HTML {
        let heads = columns.map { "<th scope=\"col\">\($0)</th>" as HTML }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="\(caption)"><table>
            <caption>\(caption)</caption>
            <thead><tr>\(heads)</tr></thead>
            <tbody>
            \(rows)</tbody>
            </table></div>

            """
    }
}
