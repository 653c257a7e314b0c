import Model

/// What a mail server said to each step (RFC 5321), in order.
package struct MailTalk: Hashable, Sendable {
    /// What the server replied to.
    package enum Step: Hashable, Sendable {
        case greeting, hello, startTLS, login, sender
        /// By its place among the recipients.
        case recipient(Int)
        /// The announcement of the mail; 354 asks for it.
        case data
        /// The mail itself.
        case mail
        case other
    }

    /// What it replied to one step.
    package struct Reply: Hashable, Sendable {
        package let step: Step
        /// Three digits.
        package let code: Int
        /// The last line without the code, cut to size, control characters out.
        package let text: String

        package init(step: Step, code: Int, text: String) {
            self.step = step
            self.code = code
            self.text = text
        }

        package var isGood: Bool { code < 400 }
        package var mayPass: Bool { (400..<500).contains(code) }
        /// `5.1.1`, where the text begins with one (RFC 3463).
        package var enhancedCode: String? {
            let word = text.prefix { $0 != " " }
            let parts = word.split(separator: ".", omittingEmptySubsequences: false)
            return parts.count == 3 && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(\.isDigit) }
                ? String(word) : nil
        }
        /// `550 5.1.1 No such user`.
        package var words: String { text.isEmpty ? "\(code)" : "\(code) \(text)" }
    }

    package private(set) var replies: [Reply] = []
    /// The step whose reply is awaited.
    package private(set) var step: Step = .greeting
    private var recipients = 0

    package init() {}

    package func reply(to step: Step) -> Reply? { replies.last { $0.step == step } }

    /// Whether the server has the whole mail or part of it, and has not answered.
    package var isMailUnanswered: Bool { step == .mail && reply(to: .mail) == nil }

    /// A command that went out. Nothing of it is kept: it may be a password.
    package mutating func note(command: some Sequence<UInt8>) {
        let word = String(decoding: Array(command).prefix(9), as: UTF8.self).uppercased()
        if word.hasPrefix("EHLO") || word.hasPrefix("HELO") {
            step = .hello
        } else if word.hasPrefix("STARTTLS") {
            step = .startTLS
        } else if word.hasPrefix("AUTH ") {
            step = .login
        } else if word.hasPrefix("MAIL FROM") {
            step = .sender
        } else if word.hasPrefix("RCPT TO:") {
            step = .recipient(recipients)
            recipients += 1
        } else if word.hasPrefix("DATA") {
            step = .data
        } else if word.hasPrefix("QUIT"), step != .mail || reply(to: .mail) != nil {
            step = .other
        }
        // What follows AUTH is a part of the login.
    }

    /// A line of the server's.
    package mutating func note(reply line: some Sequence<UInt8>) {
        let bytes = Array(Array(line).prefix(Self.longestLine))
        guard bytes.count >= 3, bytes[..<3].allSatisfy(\.isDigit) else { return }
        // A dash: more lines follow.
        guard bytes.count == 3 || bytes[3] != UInt8(ascii: "-") else { return }
        let code = bytes[..<3].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        let text = SafeText.line(String(decoding: bytes.dropFirst(4), as: UTF8.self), maximumBytes: Self.longestText)
        if replies.count < Self.mostReplies { replies.append(Reply(step: step, code: code, text: text)) }
        if step == .data, code == 354 { step = .mail }
    }

    private static let longestLine = 1000
    private static let longestText = 300
    private static let mostReplies = 1000
}
