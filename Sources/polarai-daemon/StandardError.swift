import Glibc

/// What is not the result of a command: errors, notes, progress.
enum StandardError {
    static func write(_ line: String) {
        // What is quoted in it may come from outside.
        _ = WholeWrite.error(writing: TerminalText.output(line + "\n"), to: STDERR_FILENO)
    }
}
