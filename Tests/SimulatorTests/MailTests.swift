import Alerts
import HTTPTransport
import Model
import TestSupport
import Testing

/// The daemon's mails at the stand-in for a mail server.
@Suite(.timeLimit(.minutes(10)))
struct MailTests {
    private struct Server {
        let program: RunningProgram
        let smtp: Int
        let control: LoopbackClient

        init(mail: String) async throws {
            let folder = try TemporaryFolder()
            let scenario = try folder.write("scenario.json", #"{"mail": \#(mail)}"#)
            program = try RunningProgram(
                ProgramPath.built("polarai-simulator"), ["serve", "--scenario", scenario, "--smtp-port", "0"])
            let line = try await program.awaitLine(within: .seconds(30)) { $0.hasPrefix("{") }
            let ports = try JSONValue(parsing: Array(line.utf8))
            smtp = try #require(ports["smtp"]?.integerValue)
            control = LoopbackClient(port: try #require(ports["http"]?.integerValue))
        }

        func send(_ kind: EventKind, to recipients: [String], password: String? = nil) async throws -> Verdict {
            let target = TargetSettings(
                name: "t", kind: .email, urls: [Secret(.literal("smtp://127.0.0.1:\(smtp)"))],
                options: TargetOptions(
                    mail: MailOptions(
                        username: password.map { _ in "u" }, password: password.map { Secret(.literal($0)) },
                        from: "p@example.com", to: recipients, helo: "watcher.example.com")))
            let read: SecretReader = { secret in if case .literal(let text) = secret.source { text } else { "" } }
            let sender = Sender(client: CurlClient(userAgent: "test"), read: read, now: { SystemTime.now })
            let event = TestAlert.event(kind, for: target, at: SystemTime.now)
            return try #require(await sender.send(.alert(event), to: target))
        }

        func verdicts() async throws -> [String] {
            let answer = try await control.json("GET", "/_control/deliveries?hook=mail")
            return (answer["deliveries"]?.arrayValue ?? answer.arrayValue ?? []).compactMap {
                $0["verdict"]?.stringValue
            }
        }
    }

    @Test func `every event's mail is as the protocol wants it`() async throws {
        let server = try await Server(mail: "{}")
        for kind in EventKind.allCases {
            let verdict = try await server.send(kind, to: ["a@example.com", "b@example.com"])
            #expect(verdict.outcome == .delivered, "\(kind): \(verdict.reason ?? "-")")
        }
        #expect(try await server.verdicts().allSatisfy { $0 == "accepted" })
        #expect(try await server.verdicts().count == EventKind.allCases.count)
    }

    @Test func `a login, and what the server says on plan`() async throws {
        let server = try await Server(
            mail: #"""
                {"users": {"u": "p"}, "plan": [{"at": "recipient", "address": "b@example.com", "reply": "550 5.1.1 no"},
                 {"at": "mail", "reply": "421 4.3.2 going down", "times": 1}, {"at": "mail", "reply": "close", "times": 1}]}
                """#)
        let wrong = try await server.send(.failed, to: ["a@example.com"], password: "q")
        #expect(wrong.outcome == .targetBroken && wrong.code == "535")
        let going = try await server.send(.failed, to: ["a@example.com"], password: "p")
        #expect(going.outcome == .tryAgain(retryAfter: nil) && going.code == "421")
        let closed = try await server.send(.failed, to: ["a@example.com"], password: "p")
        #expect(closed.outcome == .tryAgain(retryAfter: nil) && closed.code == "unanswered")
        let partly = try await server.send(.failed, to: ["a@example.com", "b@example.com"], password: "p")
        #expect(partly.outcome == .messageRefused)
        #expect(partly.mail == MailProgress(accepted: ["a@example.com"], refused: ["b@example.com": "550 5.1.1 no"]))
    }
}
