/// What reads bytes of others. A fuzzer feeds each with whatever it can think of; tests feed it what was found before.
///
/// Nothing may trap, run for long or grow without a limit, and what `feed` checks beside that must hold.
enum FuzzEntry: String, CaseIterable, Sendable {
    /// What the PolarDB API answers.
    case answers
    /// How it refuses, and what it asks for then.
    case refusals
    /// What receivers answer.
    case verdicts
    case config
    /// Times, durations and `Retry-After`.
    case times
    /// Requests on the control socket.
    case control
    /// Heads of requests to the status page.
    case requests
    /// Filters of lists, in an address.
    case filters
    /// Texts with secrets in them.
    case masking

    /// - Throws: `BrokenRule` if the bytes make the product do what it must not.
    func feed(_ bytes: [UInt8]) async throws {
        switch self {
        case .answers: try await AnswerFeed.feed(bytes)
        case .refusals: try await RefusalFeed.feed(bytes)
        case .verdicts: try await VerdictFeed.feed(bytes)
        case .config: try ConfigFeed.feed(bytes)
        case .times: try TimeFeed.feed(bytes)
        case .control: try await ControlFeed.feed(bytes)
        case .requests: try RequestFeed.feed(bytes)
        case .filters: try FilterFeed.feed(bytes)
        case .masking: try MaskingFeed.feed(bytes)
        }
    }
}

/// A rule that does not hold for some bytes.
struct BrokenRule: Error, CustomStringConvertible {
    let description: String

    static func unless(_ holds: Bool, _ description: @autoclosure () -> String) throws {
        if !holds { throw BrokenRule(description: description()) }
    }
}

/// Bytes that begin with choices: the first ones say which, the rest is what is read.
struct ChoosingBytes {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// - Returns: the first one if there are no bytes left.
    mutating func choose<Value>(_ values: [Value]) -> Value {
        values[Int(rest.popFirst() ?? 0) % values.count]
    }

    /// Up to the end of the line.
    mutating func line() -> String {
        let line = rest.prefix { $0 != UInt8(ascii: "\n") }
        rest = rest.dropFirst(line.count + 1)
        return String(decoding: line, as: UTF8.self)
    }

    var bytes: [UInt8] { Array(rest) }
    var text: String { String(decoding: rest, as: UTF8.self) }
}
