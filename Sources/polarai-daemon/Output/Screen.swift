import Glibc

/// The whole terminal, for a picture that is drawn again and again. Whoever opens it closes it on every way out.
struct Screen {
    /// As the terminal was found.
    private let found: termios

    /// - Returns: nil if input or output is not a terminal.
    init?() {
        var found = termios()
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, tcgetattr(STDIN_FILENO, &found) == 0 else {
            return nil
        }
        self.found = found
    }

    /// Takes the alternate screen, without a cursor, and has keys come one by one. Ctrl-C and Ctrl-Z stay signals.
    func open() throws {
        var settings = found
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
        try StandardOutput.write(Array("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l".utf8))
    }

    /// Gives the terminal back as it was found.
    func close() {
        // Whoever hung up need not be asked.
        try? StandardOutput.write(Array("\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l".utf8))
        var settings = found
        // At once: a terminal that takes no output must not hold the exit up.
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }

    /// Rows and columns; 24 by 80 if the terminal does not say.
    var size: (rows: Int, columns: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else {
            return (24, 80)
        }
        return (Int(size.ws_row), Int(size.ws_col))
    }

    /// Draws lines over what is there: nothing flickers, and nothing scrolls.
    ///
    /// - Parameter lines: with marks of style; cut to what fits.
    func draw(_ lines: [String]) throws {
        let (rows, columns) = size
        var frame = Array("\u{1B}[H".utf8)
        let lines = Self.fitting(lines, rows: rows)
        for (row, line) in lines.enumerated() {
            // Erased before it is written: behind a full line the cursor is still on its last cell.
            frame += Array("\(row > 0 ? "\r\n" : "")\u{1B}[2K".utf8)
            frame += TerminalText.output(TerminalText.cut(line, toCells: columns))
        }
        if lines.count < rows { frame += Array("\r\n\u{1B}[J".utf8) }
        try StandardOutput.write(frame)
    }

    /// The first lines, and how many more there are.
    static func fitting(_ lines: [String], rows: Int) -> [String] {
        guard lines.count > rows else { return lines }
        let shown = max(0, rows - 1)
        return lines.prefix(shown) + ["… and \(lines.count - shown) more lines: make the window taller."]
    }
}
