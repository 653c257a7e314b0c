import Glibc
import Model

/// The results of a command, written in large pieces.
enum StandardOutput {
    /// Text for people. What it says may come from outside: it is made harmless here, at the exit.
    ///
    /// - Throws: `CommandFailure` if the output does not take it.
    static func show(_ text: String) throws {
        try write(TerminalText.output(text))
    }

    /// Data for programs: as it is, but on a terminal, which must not obey what comes from outside.
    ///
    /// - Throws: `CommandFailure` if the output does not take it.
    static func data(_ bytes: [UInt8]) throws {
        guard isatty(STDOUT_FILENO) == 1 else { return try write(bytes) }
        // A terminal needs no carriage return at the end of a line.
        try write(TerminalText.output(String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")))
    }

    /// One JSON value on a line of its own.
    ///
    /// - Throws: `CommandFailure` if the output does not take it.
    static func json(_ value: JSONValue) throws {
        try data(Array((value.text() + "\n").utf8))
    }

    /// - Throws: `CommandFailure` if the output does not take them: a full disk behind a redirection. A closed pipe
    ///   ends the program by SIGPIPE.
    static func write(_ bytes: [UInt8]) throws {
        guard let code = WholeWrite.error(writing: bytes, to: STDOUT_FILENO) else { return }
        throw failure(code)
    }

    /// Waits, but no longer than somebody reads the output: a closed pipe ends the program by SIGPIPE, as `write` does.
    ///
    /// - Throws: `CommandFailure` if standard output is closed.
    static func wait(milliseconds: Int32) throws {
        // No event is asked for: what comes nevertheless is that nothing written here would arrive.
        var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        guard poll(&output, 1, milliseconds) > 0 else { return }
        guard output.revents & Int16(POLLNVAL) == 0 else { throw failure(EBADF) }
        raise(SIGPIPE)
        throw failure(EPIPE)
    }

    private static func failure(_ code: Int32) -> CommandFailure {
        CommandFailure("The output cannot be written: \(String(cString: strerror(code))).", .inputOutput)
    }

    /// Colour is for a terminal whose user has not asked for none (https://no-color.org).
    static var takesColour: Bool {
        isatty(STDOUT_FILENO) == 1 && variable("NO_COLOR").isEmpty && variable("TERM") != "dumb"
    }

    /// Cells of a line of the terminal, 80 if it does not say; nil if the output is none.
    static var screenWidth: Int? {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Cells of a line of the terminal; nil if the output is none, or one that does not show all of Unicode.
    static var chartWidth: Int? {
        guard let screenWidth, variable("TERM") != "dumb" else { return nil }
        let locale = [variable("LC_ALL"), variable("LC_CTYPE"), variable("LANG")].first { !$0.isEmpty } ?? ""
        return ["utf-8", "utf8"].contains(where: locale.lowercased().contains) ? screenWidth : nil
    }

    private static func variable(_ name: String) -> String {
        getenv(name).map { String(cString: $0) } ?? ""
    }
}
