import Glibc

/// What is not the result of a command: errors, notes, progress.
enum StandardError {
    static func write(_ line: String) {
        // What is quoted in it may come from outside.
        let bytes = TerminalText.output(line + "\n")
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            written += count
        }
    }
}
