import Glibc

extension ProgramEnd {
    /// To stand behind the program's name; holds nothing of its arguments or output.
    package var words: String {
        switch self {
        case .cannotStart(let code): "it cannot be started: \(String(cString: strerror(code)))"
        case .tookTooLong(let limit): "it took longer than \(limit.components.seconds) s and was ended"
        case .printsTooMuch(let limit): "it prints more than \(limit >> 10) KiB"
        case .ended(let status): "it ended with status \(status)"
        case .killed(let signal): "it was ended by signal \(signal)"
        case .cancelled: "it was ended because nobody waits for it any more"
        }
    }
}
