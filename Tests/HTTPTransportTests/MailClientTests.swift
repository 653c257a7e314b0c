import Foundation
import HTTPTransport
import Model
import TestSupport
import Testing

/// Mails to a server whose every word the test decides.
@Suite(.timeLimit(.minutes(10)))
struct MailClientTests {
    private let client = CurlMailClient()
    private static let mail = Array("Subject: a\r\n\r\nfirst\r\n.second\r\n..third\r\nlast\r\n".utf8)

    private func send(
        _ script: MailScript, to recipients: [String] = ["a@example.com"], login: MailOrder.Login? = nil,
        mail: [UInt8]? = Self.mail, timeout: Duration = .seconds(20)
    ) async throws -> MailOutcome {
        let server = try LoopbackServer { script.serve($0) }
        defer { server.stop() }
        return try #require(
            await client.send(order(server, to: recipients, login: login, mail: mail, timeout: timeout)))
    }

    private func order(
        _ server: LoopbackServer, to recipients: [String] = ["a@example.com"], login: MailOrder.Login? = nil,
        mail: [UInt8]? = Self.mail, timeout: Duration = .seconds(20)
    ) -> MailOrder {
        MailOrder(
            url: "smtp://127.0.0.1:\(server.port)", login: login, sender: "polarai@example.com", recipients: recipients,
            hello: "watcher.example.com", mail: mail, connection: ConnectionOptions(timeout: timeout))
    }

    @Test func `a mail goes to all of its recipients, byte for byte`() async throws {
        let script = MailScript()
        let outcome = try await send(script, to: ["a@example.com", "b@example.com"])
        #expect(outcome.failure == nil)
        #expect(outcome.talk.reply(to: .mail)?.words == "250 queued")
        #expect(outcome.talk.reply(to: .recipient(1))?.code == 250)
        #expect(script.commands.first == "EHLO watcher.example.com")
        #expect(script.commands.filter { $0.hasPrefix("RCPT") }.count == 2)
        #expect(script.commands.contains { $0.hasPrefix("MAIL FROM:<polarai@example.com>") })
        // A line that begins with a dot has one more on the wire (RFC 5321, 4.5.2).
        #expect(
            script.mail.map { String(decoding: $0, as: UTF8.self) }
                == "Subject: a\r\n\r\nfirst\r\n..second\r\n...third\r\nlast\r\n")
    }

    @Test func `one recipient that is refused does not keep the mail from the others`() async throws {
        let script = MailScript(["RCPT TO:<b@": "550 5.1.1 No such user"])
        let outcome = try await send(script, to: ["a@example.com", "b@example.com", "c@example.com"])
        #expect(outcome.failure == nil)
        #expect(outcome.talk.reply(to: .mail)?.code == 250)
        #expect((0..<3).map { outcome.talk.reply(to: .recipient($0))?.code } == [250, 550, 250])
        #expect(outcome.talk.reply(to: .recipient(1))?.enhancedCode == "5.1.1")
        #expect(script.mail != nil)
    }

    @Test(arguments: [
        ("RCPT TO", "451 4.7.1 Greylisted", MailTalk.Step.recipient(0)), ("MAIL FROM", "552 too large", .sender),
        ("DATA", "421 shutting down", .data), ("mail", "421 4.3.2 try later", .mail), ("mail", "554 spam", .mail),
        ("EHLO", "554 not you", .hello),
    ])
    func `a reply that says no stands with its step`(command: String, reply: String, step: MailTalk.Step) async throws {
        let script = MailScript([command: reply, "HELO": reply])
        let outcome = try await send(script)
        #expect(outcome.talk.reply(to: step)?.words == reply)
        #expect(outcome.talk.reply(to: step)?.isGood == false)
        // The mail's own reply is an outcome; what comes before it is the reason why there is none.
        #expect(outcome.failure == (step == .mail ? nil : .refused))
    }

    @Test func `a greeting that says no`() async throws {
        let outcome = try await send(MailScript(["greeting": "554 no mail here"]))
        #expect(outcome.talk.replies.first?.words == "554 no mail here")
        #expect(outcome.failure == .refused)
    }

    @Test func `a server that hangs up once it has the mail leaves it open whether it came`() async throws {
        let outcome = try await send(MailScript(["mail": ""]))
        #expect(outcome.talk.isMailUnanswered)
        guard case .transport? = outcome.failure else {
            Issue.record("\(String(describing: outcome.failure))")
            return
        }
    }

    @Test func `what is not SMTP is not a mail server`() async throws {
        for greeting in ["HTTP/1.1 400 Bad Request", "220", "999 hello", String(repeating: "x", count: 200_000)] {
            let outcome = try await send(MailScript(["greeting": greeting, "EHLO": "", "HELO": ""]))
            #expect(outcome.failure != nil, "\(greeting.prefix(30))")
            #expect(outcome.talk.reply(to: .mail) == nil)
        }
    }

    @Test func `replies are cut to size and to one safe line`() async throws {
        let long =
            "250-" + String(repeating: "many ", count: 100) + "\r\n250 queued \u{1B}[31m"
            + String(repeating: "x", count: 5000)
        let outcome = try await send(MailScript(["mail": long]))
        let text = try #require(outcome.talk.reply(to: .mail)?.text)
        #expect(text.hasPrefix("queued"))
        #expect(text.utf8.count <= 310)
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 })
    }

    // MARK: - Login

    private static let login = MailOrder.Login(username: "watcher", password: "hunter2secret")

    @Test func `a login that is configured and not offered is never left out`() async throws {
        let script = MailScript()
        let outcome = try await send(script, login: Self.login)
        #expect(outcome.failure == .noLogin)
        #expect(script.mail == nil)
    }

    @Test func `a login, and one that is refused`() async throws {
        let hello = "250-mail.example.com\r\n250 AUTH PLAIN LOGIN"
        let good = try await send(MailScript(["EHLO": hello]), login: Self.login)
        #expect(good.failure == nil)
        #expect(good.talk.reply(to: .login)?.code == 235)
        for reply in ["535 5.7.8 bad credentials", "454 4.7.0 temporary failure"] {
            let script = MailScript(["EHLO": hello, "login": reply])
            let bad = try await send(script, login: Self.login)
            #expect(bad.talk.reply(to: .login)?.words == reply)
            #expect(bad.failure == .refused)
            #expect(script.mail == nil)
            #expect(!"\(bad)".contains("hunter2"))
        }
    }

    @Test func `without a mail it only greets and logs in`() async throws {
        let script = MailScript(["EHLO": "250-mail.example.com\r\n250 AUTH PLAIN"])
        let outcome = try await send(script, login: Self.login, mail: nil)
        #expect(outcome.failure == nil)
        #expect(outcome.talk.reply(to: .login)?.code == 235)
        #expect(!script.commands.contains { $0.hasPrefix("MAIL") })
    }

    // MARK: - Time

    @Test(arguments: [
        ("greeting", "did not greet"), ("RCPT", "did not take the mail"), ("EHLO", "did not take the mail"),
    ])
    func `a server that says nothing is left at the limit`(command: String, words: String) async throws {
        let outcome = try await send(MailScript([command: "silence"]), timeout: .seconds(1))
        guard case .transport(let error)? = outcome.failure else {
            Issue.record("\(String(describing: outcome.failure))")
            return
        }
        #expect(error.kind == .timeout)
        #expect(error.message.contains(words), "\(error.message)")
    }

    @Test func `a server that takes long once it has the mail has more time, and then it is open whether it came`()
        async throws
    {
        let outcome = try await send(MailScript(["mail": "silence"]), timeout: .milliseconds(500))
        #expect(outcome.talk.isMailUnanswered)
        guard case .transport(let error)? = outcome.failure else {
            Issue.record("\(String(describing: outcome.failure))")
            return
        }
        #expect(error.message.contains("received the mail but did not confirm it"), "\(error.message)")
    }

    @Test func `a task that is cancelled ends while the server hangs`() async throws {
        let script = MailScript(["RCPT": "silence"])
        let server = try LoopbackServer { script.serve($0) }
        defer { server.stop() }
        let order = order(server, timeout: .seconds(600))
        let task = Task { [client] in await client.send(order) }
        try await eventually("the recipient") { script.commands.contains { $0.hasPrefix("RCPT") } }
        task.cancel()
        #expect(await task.value == nil)
    }

    @Test func `nobody listens`() async throws {
        let server = try LoopbackServer { _ in }
        let order = order(server)
        server.stop()
        let outcome = try #require(await client.send(order))
        #expect(outcome.talk.replies.isEmpty)
        #expect(outcome.failure != nil && outcome.failure != .refused)
    }
}
