import Foundation
import HTTPTransport
import Model
import Testing

@testable import Alerts

/// What a mail server's replies mean.
struct EmailVerdictTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        /// Commands of the client and lines of the server, in turn.
        let lines: [String]
        var failure: MailFailure?
        let expected: VerdictRow.Expected
        let words: String
        var accepted: Set<String> = []
        var refused: Set<String> = []

        var testDescription: String { name }
    }

    private static let people = ["a@example.com", "b@example.com", "c@example.com"]

    static let opening = [
        "< 220 mx", "> EHLO x", "< 250-mx", "< 250 AUTH PLAIN", "> AUTH PLAIN eA==", "< 235 2.7.0 ok",
        "> MAIL FROM:<p@e>",
        "< 250 ok",
    ]

    private static func recipients(_ replies: String...) -> [String] {
        zip(people, replies).flatMap { ["> RCPT TO:<\($0)>", "< \($1)"] }
    }

    static let mailing = ["> DATA", "< 354 go on"]

    static let rows: [Row] = [
        Row(
            name: "everybody has it",
            lines: opening + recipients("250 ok", "250 ok", "251 forwarded") + mailing + ["< 250 2.0.0 queued as 7"],
            expected: .delivered, words: "", accepted: Set(people)),
        Row(
            name: "one of three is refused for good",
            lines: opening + recipients("250 ok", "550 5.1.1 no such user", "250 ok") + mailing + ["< 250 ok"],
            expected: .refused, words: "b@example.com: 550 5.1.1 no such user",
            accepted: ["a@example.com", "c@example.com"],
            refused: ["b@example.com"]),
        Row(
            name: "one of three is put off",
            lines: opening + recipients("250 ok", "250 ok", "451 4.7.1 greylisted") + mailing + ["< 250 ok"],
            expected: .tryAgain, words: "c@example.com: 451", accepted: ["a@example.com", "b@example.com"]),
        Row(
            name: "one is put off and one refused",
            lines: opening + recipients("450 later", "550 no", "250 ok") + mailing + ["< 250 ok"], expected: .tryAgain,
            words: "a@example.com: 450 later", accepted: ["c@example.com"], refused: ["b@example.com"]),
        Row(
            name: "all are put off", lines: opening + recipients("451 4.7.1 grey", "450 grey", "450 grey"),
            failure: .refused, expected: .tryAgain, words: "a@example.com: 451"),
        Row(
            name: "all are refused",
            lines: opening + recipients("550 5.1.1 a", "550 5.1.1 b", "550 5.1.1 c") + ["> QUIT", "< 221 bye"],
            failure: .refused, expected: .refused, words: "c@example.com: 550", refused: Set(people)),
        Row(
            name: "relaying is denied",
            lines: opening + recipients("550 5.7.1 relaying denied", "554 5.7.1 no", "554 5.7.1 no"),
            failure: .refused, expected: .broken, words: "`from`"),
        Row(
            name: "421 after the mail", lines: opening + recipients("250 ok") + mailing + ["< 421 4.3.2 going down"],
            expected: .tryAgain, words: "421 4.3.2"),
        Row(
            name: "full after the mail", lines: opening + recipients("250 ok") + mailing + ["< 452 4.3.1 full"],
            expected: .throttled, words: "452"),
        Row(
            name: "spam", lines: opening + recipients("250 ok") + mailing + ["< 554 5.7.1 DT:SPM"], expected: .refused,
            words: "554 5.7.1 DT:SPM"),
        Row(
            name: "no word after the mail", lines: opening + recipients("250 ok") + mailing,
            failure: .transport(TransportError(.timeout, "x")), expected: .tryAgain, words: "duplicate"),
        Row(
            name: "hung up after the mail", lines: opening + recipients("250 ok") + mailing,
            failure: .transport(TransportError(.reset, "x")), expected: .tryAgain, words: "same Message-ID"),
        Row(
            name: "the sender is refused", lines: Array(opening.dropLast()) + ["< 550 5.1.8 no"], failure: .refused,
            expected: .broken, words: "`from`"),
        Row(
            name: "too many mails", lines: Array(opening.dropLast()) + ["< 452 4.5.3 slow down"], failure: .refused,
            expected: .throttled, words: "452"),
        Row(
            name: "a wrong password", lines: Array(opening[..<5]) + ["< 535 5.7.8 no"], failure: .refused,
            expected: .broken,
            words: "`password`"),
        Row(
            name: "logins cannot be checked", lines: Array(opening[..<5]) + ["< 454 4.7.0 later"], failure: .refused,
            expected: .tryAgain, words: "login"),
        Row(
            name: "no login is offered", lines: Array(opening[..<4]), failure: .noLogin, expected: .broken,
            words: "`username`"),
        Row(name: "no STARTTLS", lines: Array(opening[..<4]), failure: .noTLS, expected: .broken, words: "`url`"),
        Row(
            name: "TLS cannot begin now", lines: Array(opening[..<4]) + ["> STARTTLS", "< 454 4.7.0 no"],
            failure: .refused,
            expected: .tryAgain, words: "STARTTLS"),
        Row(name: "busy", lines: ["< 421 too many"], failure: .refused, expected: .tryAgain, words: "421"),
        Row(name: "blocked", lines: ["< 554 go away"], failure: .refused, expected: .broken, words: "554"),
        Row(
            name: "a bad greeting", lines: ["< 220 mx", "> EHLO x", "< 501 5.5.4 no name"], failure: .refused,
            expected: .broken, words: "`helo`"),
        Row(
            name: "TLS where none is", lines: [], failure: .transport(TransportError(.tls, "TLS failed")),
            expected: .broken,
            words: "465"),
        Row(
            name: "silence", lines: [], failure: .transport(TransportError(.timeout, "smtp://mx did not greet")),
            expected: .tryAgain,
            words: "smtps://"),
        Row(
            name: "nobody listens", lines: [], failure: .transport(TransportError(.connect, "cannot connect")),
            expected: .tryAgain, words: "cannot connect"),
    ]

    @Test(arguments: rows) func `what the server says`(row: Row) {
        let verdict = MailVerdict(
            outcome: MailOutcome(talk: MailTalk(script: row.lines), failure: row.failure), recipients: Self.people,
            before: MailProgress(), all: Self.people
        ).verdict
        #expect(VerdictRow.Expected(verdict.outcome) == row.expected, "\(row.name): \(verdict.reason ?? "-")")
        #expect(
            row.words.isEmpty || (verdict.reason ?? "").contains(row.words), "\(row.name): \(verdict.reason ?? "-")")
        #expect(verdict.mail?.accepted ?? [] == row.accepted, "\(row.name)")
        #expect(Set((verdict.mail?.refused ?? [:]).keys) == row.refused, "\(row.name)")
        if verdict.outcome != .delivered { #expect(verdict.code?.isEmpty == false, "\(row.name)") }
    }
}

extension MailTalk {
    /// A talk from its lines: `> ` of the client, `< ` of the server.
    init(script: [String]) {
        self.init()
        for line in script {
            let bytes = Array((line.dropFirst(2) + "\r\n").utf8)
            if line.hasPrefix(">") { note(command: bytes) } else { note(reply: bytes) }
        }
    }
}
