/// A program to run, without a shell.
package struct ProgramOrder: Hashable, Sendable {
    /// What is kept of what the program prints.
    package enum Output: Hashable, Sendable {
        /// Its standard output. A program that prints more than this many bytes is ended. Its standard error is dropped: it
        /// is nobody's to read here, and may hold what must not reach the journal.
        case whole(upTo: Int)
        /// The last bytes of its standard output and standard error; whatever comes before them is dropped.
        case last(Int)
    }

    /// The program, looked for in `PATH` if it has no slash, and its arguments.
    package var words: [String]
    /// `NAME=value`; nil means this process's own.
    package var environment: [String]?
    /// On its standard input; nil means none.
    package var input: [UInt8]?
    package var output: Output
    /// When it takes longer, its process group is ended.
    package var limit: Duration
    /// Between SIGTERM and SIGKILL when it is ended early; without one it is killed at once.
    package var grace: Duration

    package init(
        words: [String], environment: [String]? = nil, input: [UInt8]? = nil, output: Output = .whole(upTo: 64 << 10),
        limit: Duration, grace: Duration = .zero
    ) {
        self.words = words
        self.environment = environment
        self.input = input
        self.output = output
        self.limit = limit
        self.grace = grace
    }
}

/// How a program ended.
package enum ProgramEnd: Hashable, Sendable {
    case cannotStart(Int32)
    case tookTooLong(Duration)
    case printsTooMuch(limit: Int)
    case ended(status: Int32)
    case killed(signal: Int32)
    case cancelled
}

/// What came of a program.
package struct ProgramOutcome: Hashable, Sendable {
    package let end: ProgramEnd
    /// As much of it as was to be kept.
    package let output: [UInt8]
}
