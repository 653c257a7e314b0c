import Foundation
import HTTPTransport
import Model
import Testing

@testable import Alerts

/// Mails: their bytes, and what a mail server's replies mean.
struct EmailTests {
    private static let people = ["a@example.com", "b@example.com", "c@example.com"]

    private func settings(language: Language = .english, name: String = "mail") -> TargetSettings {
        TargetSettings(
            name: name, kind: .email, urls: [Secret(.literal("smtp://localhost:2525"))], language: language,
            options: TargetOptions(
                mail: MailOptions(
                    username: "watcher", password: Secret(.literal("hunter2secret")), from: "polarai@example.com",
                    to: Self.people)))
    }

    private func mail(_ message: Message, language: Language = .english, name: String = "mail") throws -> MailMessage {
        let context = try ResolvedTarget(
            settings(language: language, name: name), read: TargetSample.read, now: Sample.now
        ).context
        return Email.mail(message, in: context)
    }

    private func header(_ name: String, of mail: MailMessage) -> String {
        let text = String(decoding: mail.bytes, as: UTF8.self).replacing("\r\n ", with: " ")
        return text.split(separator: "\r\n").first { $0.hasPrefix(name + ": ") }.map {
            String($0.dropFirst(name.count + 2))
        }
            ?? ""
    }

    // MARK: - The mail

    @Test(arguments: Language.allCases)
    func `every event is a mail of short lines with CRLF, always the same`(language: Language) throws {
        for event in Sample.every {
            let bytes = try mail(.alert(event), language: language).bytes
            #expect(try mail(.alert(event), language: language).bytes == bytes)
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(bytes.allSatisfy { $0 < 0x80 })
            #expect(!text.replacing("\r\n", with: "").contains { $0 == "\r" || $0 == "\n" })
            for line in text.components(separatedBy: "\r\n") {
                #expect(line.utf8.count <= 78, "\(line)")
                #expect(!line.hasPrefix("."))
            }
        }
    }

    @Test func `the header names event, date, thread and recipients`() throws {
        let mail = try mail(.alert(Sample.stored(Sample.event(.failed))))
        #expect(header("Message-ID", of: mail) == "<k3v9x2ab-17.mail@example.com>")
        #expect(header("In-Reply-To", of: mail) == "<pm-2ze9examp1e00001.k3v9x2ab@example.com>")
        #expect(header("References", of: mail) == header("In-Reply-To", of: mail))
        #expect(header("Date", of: mail) == "Tue, 24 Nov 2026 08:00:00 +0000")
        #expect(header("From", of: mail) == "polarai@example.com")
        #expect(header("To", of: mail) == "a@example.com, b@example.com, c@example.com")
        #expect(header("Auto-Submitted", of: mail) == "auto-generated")
        #expect(header("X-Polarai-Event", of: mail) == "failed")
    }

    @Test func `a thread holds together over the events of one task, and over targets' names of any script`() throws {
        let threads = try [EventKind.failed, .restarted, .completed].map { kind in
            header("References", of: try mail(.alert(Sample.stored(Sample.event(kind), seq: 20))))
        }
        #expect(Set(threads).count == 1)
        let chinese = try mail(.alert(Sample.stored(Sample.event(.failed))), name: "邮件.1")
        #expect(header("Message-ID", of: chinese).wholeMatch(of: /<k3v9x2ab-17\.[-1]+@example\.com>/) != nil)
        let digest = try mail(
            .digest(Digest([Sample.stored(Sample.event(.failed)), Sample.stored(Sample.event(.completed), seq: 40)])))
        #expect(!header("Message-ID", of: digest).contains(".."))
    }

    @Test func `a subject that is not ASCII is encoded words that come back whole`() throws {
        let name = String(repeating: "训练🚀", count: 20)
        let mail = try mail(.alert(Sample.stored(Sample.event(.failed, name: name))))
        let words = header("Subject", of: mail).split(separator: " ")
        #expect(words.count > 1)
        var bytes: [UInt8] = []
        for word in words {
            #expect(word.hasPrefix("=?UTF-8?B?") && word.hasSuffix("?=") && word.utf8.count <= 75)
            let part = try #require(Data(base64Encoded: String(word.dropFirst(10).dropLast(2))))
            #expect(String(validating: part, as: UTF8.self) != nil, "a character is cut in two")
            bytes += part
        }
        #expect(String(decoding: bytes, as: UTF8.self) == mail.subject)
    }

    @Test func `what a task is called adds no line to the header and no element to the page`() throws {
        let name = "x\r\nBcc: evil@example.com\r\n\r\n<script>alert(1)</script>"
        let mail = try mail(.alert(Sample.stored(Sample.event(.failed, name: name))))
        #expect(header("Bcc", of: mail).isEmpty)
        #expect(!mail.html.contains("<script>") && mail.html.contains("&lt;script&gt;"))
    }

    @Test(arguments: [[UInt8](), [0], [0, 255], [1, 2, 3], Array("any carnal pleas".utf8), Array(0...255)])
    func `base64 is that of others`(bytes: [UInt8]) {
        #expect(MailEncoding.base64(bytes) == Data(bytes).base64EncodedString())
    }

    // MARK: - Who gets the repeat

    /// Takes every mail, and says no to some recipients.
    private struct Server: MailClient {
        let seen: Seen
        let replies: @Sendable (String) -> String

        func send(_ order: MailOrder) async -> MailOutcome? {
            await seen.add(order)
            let lines =
                EmailVerdictTests.opening + order.recipients.flatMap { ["> RCPT TO:<\($0)>", "< \(replies($0))"] }
            let isWelcome = order.recipients.contains { replies($0).hasPrefix("2") }
            return MailOutcome(
                talk: MailTalk(script: lines + (isWelcome ? EmailVerdictTests.mailing + ["< 250 ok"] : [])),
                failure: isWelcome ? nil : .refused)
        }
    }

    private actor Seen {
        var orders: [MailOrder] = []
        func add(_ order: MailOrder) { orders.append(order) }
    }

    @Test func `the others get it once, each repeat goes to the rest alone, with the same bytes`() async throws {
        let seen = Seen()
        func attempt(_ progress: MailProgress, _ replies: @escaping @Sendable (String) -> String) async throws
            -> Verdict
        {
            let sender = Sender(
                client: EchoingClient(), read: TargetSample.read, mails: Server(seen: seen, replies: replies),
                now: { Sample.now })
            return try #require(
                await sender.send(.alert(Sample.stored(Sample.event(.failed))), mail: progress, to: settings()))
        }
        // b is put off, c refused.
        let first = try await attempt(MailProgress()) {
            $0.hasPrefix("a") ? "250 ok" : $0.hasPrefix("b") ? "450 no" : "550 no"
        }
        #expect(first.outcome == .tryAgain(retryAfter: nil))
        // b is taken: what remains is dead.
        let second = try await attempt(try #require(first.mail)) { _ in "250 ok" }
        #expect(second.outcome == .messageRefused)
        #expect(second.reason?.contains("c@example.com: 550 no") == true)
        // An operator tries again: c alone, who is taken now.
        let third = try await attempt(try #require(second.mail)) { _ in "250 ok" }
        #expect(third.outcome == .delivered)
        let orders = await seen.orders
        #expect(orders.map(\.recipients) == [Self.people, ["b@example.com"], ["c@example.com"]])
        #expect(Set(orders.map(\.mail)).count == 1)
        let fourth = try await attempt(try #require(third.mail)) { _ in "250 ok" }
        #expect(fourth.outcome == .delivered)
        #expect(await seen.orders.count == 3, "everybody has it: nothing is sent")
    }

    @Test func `a password is never said`() async throws {
        struct Echo: MailClient {
            func send(_ order: MailOrder) async -> MailOutcome? {
                MailOutcome(
                    talk: MailTalk(script: [
                        "< 220 x", "> AUTH PLAIN x", "< 535 5.7.8 not \(order.login?.password ?? "")",
                    ]),
                    failure: .refused)
            }
        }
        let sender = Sender(client: EchoingClient(), read: TargetSample.read, mails: Echo(), now: { Sample.now })
        let message = Message.alert(Sample.stored(Sample.event(.failed)))
        let verdict = try #require(await sender.send(message, to: settings()))
        #expect(verdict.reason?.contains("hunter2secret") == false)
        #expect(verdict.reason?.contains("***") == true)
        let dry = try sender.dryRun(message, to: settings())
        #expect(!dry.contains("hunter2secret"))
        #expect(
            dry.contains("RCPT TO:<b@example.com>") && dry.contains("Subject: ") && dry.contains("login as watcher"))
    }
}
