import Glibc

/// The results of a command, written in large pieces.
enum StandardOutput {
    /// - Throws: `CommandFailure` where the output does not take them: a full disk behind a redirection. A closed pipe
    ///   ends the program by SIGPIPE.
    static func write(_ bytes: [UInt8]) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw CommandFailure("The output cannot be written: \(String(cString: strerror(errno))).", .inputOutput)
            }
            written += count
        }
    }

    /// Colour is for a terminal whose user has not asked for none (https://no-color.org).
    static var takesColour: Bool {
        isatty(STDOUT_FILENO) == 1 && variable("NO_COLOR").isEmpty && variable("TERM") != "dumb"
    }

    private static func variable(_ name: String) -> String {
        getenv(name).map { String(cString: $0) } ?? ""
    }
}
