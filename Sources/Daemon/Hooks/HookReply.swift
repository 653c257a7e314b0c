import Model
import Programs

extension ControlReply {
    /// How a hook ended, as `Command` of Alerts reads it.
    static func hook(_ outcome: ProgramOutcome, of hook: HookSettings) -> ControlReply {
        var fields: [String: JSONValue] = ["output": .string(text(of: outcome.output))]
        switch outcome.end {
        case .ended(let status):
            fields["result"] = .string("exited")
            fields["code"] = .integer(Int64(status))
        case .killed(let signal):
            fields["result"] = .string("killed")
            fields["code"] = .integer(Int64(signal))
        case .tookTooLong:
            fields["result"] = .string("timeout")
        case .cannotStart:
            fields["result"] = .string("cannot_start")
            fields["error"] = .string("\(hook.command.first ?? "the program"): \(outcome.end.words)")
        case .cancelled, .printsTooMuch:
            fields["result"] = .string("stopped")
        }
        return ControlReply(200, .object(fields))
    }

    static func noHook(_ result: String, status: Int, _ message: String) -> ControlReply {
        ControlReply(status, .object(["result": .string(result), "error": .string(message)]))
    }

    /// How much of a hook's output is kept, in bytes: the end of it.
    static let hookOutputLimit = 4096

    /// Bytes that are not UTF-8 are replaced, which takes more room than they did.
    private static func text(of output: [UInt8]) -> String {
        var bytes = Array(String(decoding: output, as: UTF8.self).utf8)
        guard bytes.count > hookOutputLimit else { return String(decoding: bytes, as: UTF8.self) }
        bytes.removeFirst(bytes.count - hookOutputLimit)
        return String(decoding: bytes.drop { $0 & 0xC0 == 0x80 }, as: UTF8.self)
    }
}
