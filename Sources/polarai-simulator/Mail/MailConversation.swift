import Foundation
import Model

/// One SMTP session (RFC 5321) as a strict server holds it: lines end with CRLF, commands come in their order, and a mail
/// has the header fields that it must have.
struct MailConversation {
    enum Answer: Equatable {
        /// A line, or several.
        case say(String)
        case sayAndClose(String)
        case close
        case silence
        /// More of the mail is expected.
        case nothing
    }

    /// A mail that came whole.
    struct Mail: Sendable {
        let sender: String
        let recipients: [String]
        let bytes: [UInt8]
        /// `accepted`, or what the server has against it.
        let verdict: String
    }

    private enum Stage: Equatable {
        case greeted, ready, login, sender, recipients, mail
    }

    private let users: [String: String]
    private let planned: (MailScript.Step.Moment, String?) -> String?
    private var stage = Stage.greeted
    private var isLoggedIn = false
    private var sender = ""
    private var recipients: [String] = []
    private var bytes: [UInt8] = []
    private(set) var mails: [Mail] = []

    private static let longestLine = 998
    private static let largestMail = 1 << 20

    /// - Parameter planned: what is to be answered in place of the right answer.
    init(users: [String: String], planned: @escaping (MailScript.Step.Moment, String?) -> String?) {
        self.users = users
        self.planned = planned
    }

    func greeting() -> Answer { answer(.greeting, "220 simulator.example.com ESMTP") }

    /// - Parameter line: without its CRLF.
    mutating func take(_ line: [UInt8]) -> Answer {
        guard !line.contains(13), !line.contains(10) else { return .sayAndClose("500 5.5.2 a line ends with CRLF") }
        guard line.count <= Self.longestLine else { return .sayAndClose("500 5.5.2 a line is too long") }
        if stage == .mail { return takeMail(line) }
        let text = String(decoding: line, as: UTF8.self)
        if stage == .login { return logIn(text) }
        let upper = text.uppercased()
        if upper.hasPrefix("EHLO ") { return greet(String(text.dropFirst(5))) }
        if upper == "QUIT" { return .sayAndClose("221 2.0.0 bye") }
        if upper == "NOOP" { return .say("250 2.0.0 ok") }
        guard stage != .greeted else { return .say("503 5.5.1 EHLO first") }
        if upper == "RSET" {
            reset()
            return .say("250 2.0.0 ok")
        }
        if upper.hasPrefix("AUTH ") { return beginLogin(text) }
        if upper.hasPrefix("MAIL FROM:") { return takeSender(String(text.dropFirst(10))) }
        if upper.hasPrefix("RCPT TO:") { return takeRecipient(String(text.dropFirst(8))) }
        if upper == "DATA" { return beginMail() }
        return .say("502 5.5.1 unknown command")
    }

    private func answer(_ moment: MailScript.Step.Moment, address: String? = nil, _ right: String) -> Answer {
        switch planned(moment, address) {
        case nil: .say(right)
        case "close": .close
        case "silent": .silence
        case let reply?: reply.hasPrefix("421") ? .sayAndClose(reply) : .say(reply)
        }
    }

    private mutating func reset() {
        stage = .ready
        (sender, recipients, bytes) = ("", [], [])
    }

    private mutating func greet(_ name: String) -> Answer {
        guard name.wholeMatch(of: /[A-Za-z0-9.-]+|\[[0-9A-Za-z.:]+\]/) != nil else {
            return .say("501 5.5.4 \(name) is not a host")
        }
        reset()
        let login = users.isEmpty ? "" : "250-AUTH PLAIN LOGIN\r\n"
        return answer(.hello, "250-simulator.example.com\r\n\(login)250-8BITMIME\r\n250 SIZE \(Self.largestMail)")
    }

    // MARK: - Login

    private mutating func beginLogin(_ text: String) -> Answer {
        let words = text.split(separator: " ")
        guard !users.isEmpty, words.count >= 2, words[1].uppercased() == "PLAIN" else {
            return .say("504 5.5.4 only PLAIN is offered")
        }
        guard words.count == 3 else {
            stage = .login
            return .say("334 ")
        }
        return logIn(String(words[2]))
    }

    private mutating func logIn(_ text: String) -> Answer {
        stage = .ready
        let parts = (Data(base64Encoded: text) ?? Data()).split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 3, users[parts[1]] == parts[2] else { return .say("535 5.7.8 wrong name or password") }
        isLoggedIn = true
        return answer(.login, "235 2.7.0 ok")
    }

    // MARK: - Envelope

    private mutating func takeSender(_ text: String) -> Answer {
        guard users.isEmpty || isLoggedIn else { return .say("530 5.7.0 a login is required") }
        guard stage == .ready else { return .say("503 5.5.1 not now") }
        guard let address = Self.address(text) else { return .say("501 5.1.7 not an address") }
        let answer = answer(.sender, "250 2.1.0 ok")
        if case .say(let reply) = answer, reply.hasPrefix("250") { (stage, sender) = (.sender, address) }
        return answer
    }

    private mutating func takeRecipient(_ text: String) -> Answer {
        guard stage == .sender || stage == .recipients else { return .say("503 5.5.1 MAIL first") }
        guard let address = Self.address(text) else { return .say("501 5.1.3 not an address") }
        let answer = answer(.recipient, address: address, "250 2.1.5 ok")
        if case .say(let reply) = answer, reply.hasPrefix("25") {
            stage = .recipients
            recipients.append(address)
        }
        return answer
    }

    private static func address(_ text: String) -> String? {
        guard let match = text.wholeMatch(of: /<([^<>@\s]+@[^<>@\s]+)>( [A-Z0-9]+(=\S+)?)*/) else { return nil }
        return String(match.1)
    }

    // MARK: - Mail

    private mutating func beginMail() -> Answer {
        guard stage == .recipients else { return .say("554 5.5.1 no valid recipients") }
        let answer = answer(.data, "354 go on")
        if case .say(let reply) = answer, reply.hasPrefix("354") { stage = .mail }
        return answer
    }

    private mutating func takeMail(_ line: [UInt8]) -> Answer {
        guard line == [46] else {
            if bytes.count < Self.largestMail {
                bytes += (line.first == 46 ? Array(line.dropFirst()) : line) + [13, 10]
            }
            return .nothing
        }
        let complaint = Self.complaint(about: bytes)
        let answer = complaint.map { Answer.say("554 5.6.0 \($0)") } ?? answer(.mail, "250 2.0.0 queued")
        let isTaken = if case .say(let reply) = answer { reply.hasPrefix("250") } else { false }
        let verdict = complaint ?? (isTaken ? "accepted" : "refused on plan")
        mails.append(Mail(sender: sender, recipients: recipients, bytes: bytes, verdict: verdict))
        reset()
        return answer
    }

    /// The fields without which mails are refused or end up as spam.
    private static func complaint(about bytes: [UInt8]) -> String? {
        guard bytes.count < largestMail else { return "the mail is too large" }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return "the mail has no body" }
        let names = text[..<end.lowerBound].components(separatedBy: "\r\n").filter { $0.first?.isWhitespace == false }
            .map { ($0.split(separator: ":").first ?? "").lowercased() }
        for name in ["date", "from", "to", "subject", "message-id", "mime-version"] {
            let count = names.count { $0 == name }
            guard count == 1 else { return "the mail has \(count) header fields \(name)" }
        }
        return bytes.contains { $0 >= 0x80 } ? "8-bit text was not announced" : nil
    }
}
