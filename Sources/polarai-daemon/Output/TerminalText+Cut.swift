extension TerminalText {
    /// The part of a line that fits into so many cells; what is cut off ends its style.
    static func cut(_ line: String, toCells limit: Int) -> String {
        guard line.utf8.count > limit else { return line }
        var result = ""
        var cells = 0
        var isStyled = false
        for character in line {
            if let style = Style.allCases.first(where: { $0.mark == character }) {
                result.append(character)
                isStyled = style != .end
                continue
            }
            let width = width(String(character))
            guard cells + width <= limit else { break }
            result.append(character)
            cells += width
        }
        return isStyled ? "\(result)\(Style.end.mark)" : result
    }
}
