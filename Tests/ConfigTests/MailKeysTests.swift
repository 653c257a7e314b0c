import Model
import Testing

@testable import Config

/// The keys of targets of type `email`.
struct MailKeysTests {
    private func lines(_ members: String) -> [String] {
        do {
            _ = try load(#"{"targets": {"m": {"type": "email", \#(members)}}}"#)
            return []
        } catch {
            return error.mistakes.map { $0.line(file: "c") }
        }
    }

    @Test func `a mail target with everything`() throws {
        let target = try #require(
            try load(
                #"""
                {"targets": {"m": {"type": "email", "url": "smtps://smtp.example.com", "username": "u", "password": {"env": "PW"},
                  "from": "watcher+1@example.com", "to": ["a@example.com", "ops@[192.0.2.1]"], "helo": "host.example.com"}}}
                """#, variables: ["PW": "x"]
            ).settings.target(named: "m"))
        #expect(
            target.options.mail
                == MailOptions(
                    username: "u", password: Secret(.environment("PW")), from: "watcher+1@example.com",
                    to: ["a@example.com", "ops@[192.0.2.1]"], helo: "host.example.com"))
        #expect(target.urls == [Secret(.literal("smtps://smtp.example.com"))])
    }

    private static let good = #""url": "smtp://mx.example.com:25", "from": "p@example.com", "to": ["a@example.com"]"#

    @Test(arguments: [
        (
            #""url": "https://mx.example.com", "from": "p@e.org", "to": ["a@e.org"]"#,
            "m.url: has the scheme \"https\"; write smtps://HOST"
        ),
        (#""url": "smtp://u:p@mx.example.com", "from": "p@e.org", "to": ["a@e.org"]"#, "m.url: contains a user"),
        (
            #""url": "smtp://mx.example.com/x", "from": "p@e.org", "to": ["a@e.org"]"#,
            "m.url: contains more than a host"
        ),
        (
            #""url": "smtp://mx.example.com", "from": "Bob <p@e.org>", "to": ["a@e.org"]"#,
            "m.from: contains more than the address"
        ),
        (#""url": "smtp://mx.example.com", "from": "p@e.org", "to": "a@e.org""#, "m.to: is a string; write a list"),
        (#""url": "smtp://mx.example.com", "from": "p@e.org", "to": []"#, "m.to: is an empty list"),
        (
            #""url": "smtp://mx.example.com", "from": "p@e.org", "to": ["a@e.org", "A@e.org"]"#,
            "m.to[1]: is listed twice"
        ),
        (#""url": "smtp://mx.example.com", "from": "p@e.org", "to": ["a"]"#, "m.to[0]: is not a mail address"),
        (
            #""url": "smtp://mx.example.com", "from": "p@e.org", "to": ["a@e.org\r\nRCPT TO:<x@e.org>"]"#,
            "m.to[0]: contains a line break"
        ),
        (#""url": "smtp://mx.example.com", "from": "p@e.org", "to": ["a@e.org>,<x@e.org"]"#, "m.to[0]: "),
        (
            #""url": "smtp://mx.example.com", "from": "p@例.org", "to": ["a@e.org"]"#,
            "m.from: contains non-ASCII characters"
        ),
        (#""url": "smtp://mx.example.com", "from": "p@e.org""#, "m.to: is missing"),
    ])
    func `each mistake is named once`(members: String, expected: String) {
        let lines = lines(members)
        #expect(lines.count == 1, "\(lines)")
        #expect(lines.first?.contains("targets." + expected) == true, "\(lines)")
    }

    @Test func `a login is whole or none`() {
        #expect(lines(Self.good + #", "username": "u""#).contains { $0.contains("targets.m.password: is missing") })
        #expect(lines(Self.good + #", "password": "p""#).contains { $0.contains("targets.m.username: is missing") })
        #expect(lines(Self.good).isEmpty)
        #expect(lines(Self.good + #", "helo": "two words""#).contains { $0.contains("m.helo: is not a host's name") })
    }

    @Test func `a mail server's URL without a type`() {
        do {
            _ = try load(#"{"targets": {"m": {"url": "smtp://mx.example.com"}}}"#)
            Issue.record("taken")
        } catch {
            #expect(error.description.contains(#"add "type": "email" to the target"#))
        }
    }
}
