import Foundation
import Model
import TestSupport
import Testing

/// Targets of type `email` with a real mail server, whose mails Python's own library reads.
@Suite(.timeLimit(.minutes(10)))
struct EmailTests {
    private static let task = "pm-2ze9mailed00001"

    private static func target(_ url: String, _ server: MailServer, to: [String] = ["a@example.com"], more: String = "")
        -> String
    {
        let ca = server.caFile.map { #", "ca_file": "\#($0)""# } ?? ""
        let list = to.map { "\"\($0)\"" }.joined(separator: ", ")
        return
            #"{"mail": {"type": "email", "url": "\#(url)", "from": "polarai@example.com", "to": [\#(list)], "helo": "watcher.example.com"\#(ca)\#(more)}}"#
    }

    private func testAlert(_ targets: String, _ arguments: String...) async throws -> FinishedProgram {
        let site = try Site()
        try site.configure(
            #"{"api": {"region": "cn-beijing"}, "clusters": ["pm-1"], "targets": \#(targets), "storage": {"path": "\#(site.database)"}}"#
        )
        return try await site.run(["test-alert", "mail"] + arguments)
    }

    @Test func `a mail library reads each mail without defects, over STARTTLS and TLS, with a login`() async throws {
        let server = try await MailServer(user: ("watcher", "s3cret-pass"))
        let login = #", "username": "watcher", "password": "s3cret-pass", "language": "zh""#
        for url in [server.smtp, try #require(server.smtps)] {
            for event in ["failed", "completed", "stalled", "target_failing"] {
                let result = try await testAlert(Self.target(url, server, more: login), "--event", event)
                #expect(result.exitCode == 0, "\(url) \(event): \(result.output) \(result.errors)")
            }
        }
        let mails = try await server.mails()
        #expect(mails.count == 8)
        for mail in mails {
            #expect(mail["defects"]?.arrayValue == [], "\(mail)")
            #expect(mail["bare_line_ends"]?.integerValue == 0)
            #expect(mail["longest_line"]?.integerValue ?? 99 <= 78)
            let parts = mail["parts"]?.arrayValue ?? []
            #expect(parts.compactMap { $0["type"]?.stringValue } == ["text/plain", "text/html"])
            #expect(parts.allSatisfy { $0["text"]?.stringValue?.contains("polarai-daemon") == true })
        }
        let talks = try await server.talks()
        #expect(talks.allSatisfy { $0["tls"] == .bool(true) && $0["user"] == .string("watcher") })
        #expect(talks.allSatisfy { $0["hello"] == .string("watcher.example.com") })

        let wrong = try await testAlert(
            Self.target(server.smtp, server, more: #", "username": "watcher", "password": "wr0ng-pass""#))
        #expect(wrong.exitCode == 1)
        #expect(wrong.output.contains("target broken (535)") && wrong.output.contains("`password`"))
        #expect(!(wrong.output + wrong.errors).contains("wr0ng-pass"))
        let untrusted = try await testAlert(
            #"{"mail": {"type": "email", "url": "\#(server.smtp)", "from": "p@example.com", "to": ["a@example.com"]}}"#)
        #expect(untrusted.exitCode == 1)
        #expect(untrusted.output.contains("ca_file"))
    }

    @Test func `a login that the server does not offer is refused before the mail goes out`() async throws {
        let server = try await MailServer(hasTLS: false)
        let result = try await testAlert(
            Self.target(server.smtp, server, more: #", "username": "watcher", "password": "s3cret-pass""#))
        #expect(result.exitCode == 1)
        #expect(result.output.contains("`username`"))
        #expect(try await server.mails().isEmpty)
        // On this host nobody listens in, so TLS may be missing.
        let plain = try await testAlert(Self.target(server.smtp, server))
        #expect(plain.exitCode == 0, "\(plain.output)")
    }

    @Test func `greylisted, refused and going down: each recipient gets it once, with the same bytes`() async throws {
        let simulator = try await Simulator(
            scenario: #"{"tasks": [{"id": "\#(Self.task)", "phases": [{"at": "-1m", "status": "FAILED"}]}]}"#)
        let server = try await MailServer(hasTLS: false)
        try await server.plan(
            #"""
            {"recipients": {"grey@example.com": ["451 4.7.1 come back", "451 4.7.1 come back", "250"],
                            "gone@example.com": ["550 5.1.1 no such user"]},
             "mail": ["421 4.3.2 going down", "close", "250"]}
            """#)
        let site = try Site()
        var config = DaemonConfig(simulator, clusters: [Self.task])
        config.targets = Self.target(
            server.smtp, server, to: ["a@example.com", "grey@example.com", "gone@example.com"],
            more: #", "retry": ["200ms"], "rate": "100/1s""#)
        try site.configure(config)
        let daemon = try await site.start()
        let dead = try await eventually("the alert to be dead", within: .seconds(90), every: .milliseconds(200)) {
            try await site.json(["alerts", "list", "--all"]).arrayValue?.first { $0["state"] == .string("dead") }
        }
        #expect(dead["last_error"]?.stringValue?.contains("gone@example.com: 550 5.1.1 no such user") == true)
        #expect(dead["last_code"] == .string("550"))
        let mails = try await server.mails()
        func delivered(_ address: String) -> Int {
            mails.filter {
                $0["answered"] == .string("250") && $0["to"]?.arrayValue?.contains(.string(address)) == true
            }.count
        }
        #expect(delivered("a@example.com") == 1)
        #expect(delivered("grey@example.com") == 1)
        #expect(Set(mails.compactMap { $0["digest"]?.stringValue }).count == 1)

        // The mailbox exists now: a retry goes to it alone.
        try await server.plan("{}")
        let id = try #require(dead["id"]?.stringValue)
        #expect(try await site.run("alerts", "retry", id).exitCode == 0)
        try await eventually("the last recipient", within: .seconds(60), every: .milliseconds(200)) {
            try await site.json(["alerts", "list", "--all"]).arrayValue?.first?["state"] == .string("delivered")
        }
        #expect(try await server.mails().last?["to"]?.arrayValue == [.string("gone@example.com")])
        #expect(try await daemon.stop().ending == .exit(0))
    }

    @Test func `a server that says nothing after the mail: the daemon stops in time, and the repeat is the same mail`()
        async throws
    {
        let simulator = try await Simulator(
            scenario: #"{"tasks": [{"id": "\#(Self.task)", "phases": [{"at": "-1m", "status": "FAILED"}]}]}"#)
        let server = try await MailServer(hasTLS: false)
        try await server.plan(#"{"mail": ["silent", "250"]}"#)
        let site = try Site()
        var config = DaemonConfig(simulator, clusters: [Self.task])
        config.targets = Self.target(server.smtp, server, more: #", "retry": ["200ms"]"#)
        try site.configure(config)
        let first = try await site.start()
        try await eventually("the first mail", within: .seconds(60)) { try await server.mails().count == 1 }
        // It would end by itself within 5 s, but not with 0.
        #expect(try await first.stop().ending == .exit(0))
        let second = try await site.start()
        try await eventually("the repeat", within: .seconds(60)) { try await server.mails().count == 2 }
        let mails = try await server.mails()
        #expect(mails[0]["digest"] == mails[1]["digest"])
        #expect(try await second.stop().ending == .exit(0))
    }

    @Test func `doctor greets the server and logs in, and sends nothing`() async throws {
        let server = try await MailServer(user: ("watcher", "s3cret-pass"))
        func findings(_ password: String) async throws -> String {
            let site = try Site()
            let targets = Self.target(
                server.smtp, server, more: #", "username": "watcher", "password": "\#(password)""#)
            try site.configure(
                #"{"api": {"region": "cn-beijing", "endpoint": "http://127.0.0.1:9"}, "clusters": ["pm-1"], "targets": \#(targets), "storage": {"path": "\#(site.database)"}}"#
            )
            return try await site.run("doctor").output
        }
        #expect(try await findings("s3cret-pass").contains("the mail server answers and takes the login"))
        let wrong = try await findings("wr0ng-pass")
        #expect(wrong.contains("refuses the login") && !wrong.contains("wr0ng-pass"))
        #expect(try await server.mails().isEmpty)
    }
}
