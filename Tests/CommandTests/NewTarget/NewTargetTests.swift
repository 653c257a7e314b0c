import Config
import Daemon
import HTTPTransport
import Model
import TestSupport
import Testing

@testable import Alerts
@testable import polarai_daemon

/// A new target is one file and one line: `Pushbell.swift`, and the line below.
struct NewTargetTests {
    private static let registry = TargetRegistry(TargetRegistry.builtIn.all + [Pushbell()])

    private static let read: SecretReader = { secret in
        if case .literal(let text) = secret.source { text } else { "k3y45678" }
    }

    private func load(_ target: String) throws(ConfigError) -> TargetSettings? {
        let loader = ConfigLoader.host(
            environment: HostEnvironment(variables: ["KEY": "k3y45678"]), targets: Self.registry)
        let text = #"{"clusters": [{"id": "pm-1", "region": "cn-beijing"}], "targets": {"bell": \#(target)}}"#
        return try loader.load(Array(text.utf8), path: "config.json", permissions: 0o600).settings.target(named: "bell")
    }

    /// Answers every request, and keeps its body.
    private func server(_ answer: String) throws -> LoopbackServer {
        try LoopbackServer { connection in
            while let request = connection.readRequest() {
                let isRight =
                    request.method == "GET" || String(decoding: request.body, as: UTF8.self).contains("k3y45678")
                connection.respond(text: isRight ? answer : "{}")
            }
        }
    }

    // MARK: The config

    @Test func `the config takes its keys, and knows it by its host`() throws {
        let settings = try #require(
            try load(#"{"url": "https://api.pushbell.example/ring", "device_key": {"env": "KEY"}, "sound": "gong"}"#))
        #expect(settings.kind == .pushbell)
        #expect(settings.options[text: "sound"] == "gong")
        #expect(settings.options[secret: "device_key"]?.source == .environment("KEY"))
    }

    @Test func `mistakes are found as in any other target`() throws {
        func mistakes(_ target: String) -> [String] {
            let error = #expect(throws: ConfigError.self) { try load(target) }
            return error?.findings.map { "\($0.place): \($0.message)" } ?? []
        }
        let url = #""url": "https://bell.example.com""#
        #expect(
            mistakes(#"{"type": "pushbell", \#(url)}"#)
                == [#"targets.bell.device_key: is missing; a target of type "pushbell" needs it"#])
        let short = mistakes(#"{"type": "pushbell", \#(url), "device_key": "Sh0rt"}"#)
        #expect(short == ["targets.bell.device_key: has not 8 characters"])
        let misspelt = mistakes(#"{"type": "pushbell", \#(url), "device_key": "k3y45678", "sond": "gong"}"#)
        #expect(misspelt == [#"targets.bell.sond: is not a key of this object; did you mean "sound"?"#])
        let foreign = mistakes(#"{"type": "slack", \#(url), "sound": "gong"}"#)
        #expect(foreign.first?.hasPrefix(#"targets.bell.sound: is not a key of a target of type "slack""#) == true)
        #expect(mistakes(#"{"type": "bell", \#(url)}"#).first?.hasSuffix(#"did you mean "pushbell"?"#) == true)
    }

    @Test func `without its line the type is not known`() {
        let text = #"{"targets": {"bell": {"type": "pushbell", "url": "https://bell.example.com"}}}"#
        #expect(throws: ConfigError.self) {
            try ConfigLoader.host(environment: HostEnvironment(variables: [:]))
                .load(Array(text.utf8), path: "config.json", permissions: 0o600)
        }
    }

    // MARK: Documents

    @Test func `schema and manual are asked for`() throws {
        let faults = try TargetDocuments().faults(of: .pushbell, common: ["type", "timeout"])
        #expect(
            faults == [
                "schema.json does not list the type pushbell",
                "schema.json does not describe the key device_key of a target",
                "schema.json does not describe the key sound of a target",
                "schema.json has no rule for targets of type pushbell",
                "polarai-config(5) has no entry for the type pushbell",
            ])
    }

    // MARK: Delivery

    @Test func `doctor makes a message and reaches the server`() async throws {
        let server = try server("{}")
        defer { server.stop() }
        let settings = try #require(
            try load(#"{"type": "pushbell", "url": "\#(server.url)", "device_key": {"env": "KEY"}}"#))
        let http = ObservingClient(OnDemandClient())
        defer { http.shutdown() }
        let doctor = DoctorTargets(
            registry: Self.registry, http: http, read: Self.read, suspended: [:])
        let finding = try #require(await doctor.look(at: settings).first)
        #expect(finding.subject == "target bell (pushbell)" && finding.grade == .good)
        #expect(finding.words.hasPrefix("\(server.url) answers"))
    }

    @Test(arguments: [(#"{"rung": true}"#, DeliveryOutcome.delivered), ("{}", .tryAgain(retryAfter: nil))])
    func `an alert is rendered, sent and judged by its file`(answer: String, outcome: DeliveryOutcome) async throws {
        let server = try server(answer)
        defer { server.stop() }
        let settings = try #require(
            try load(#"{"type": "pushbell", "url": "\#(server.url)", "device_key": {"env": "KEY"}, "sound": "gong"}"#))
        let client = OnDemandClient()
        defer { client.shutdown() }
        let now = Timestamp(milliseconds: 1_795_507_200_000)
        let sender = Sender(Self.registry, client: client, read: Self.read, now: { now })
        let message = Message.alert(TestAlert.event(.failed, for: settings, at: now))
        let verdict = try #require(await sender.send(message, to: settings))
        #expect(verdict.outcome == outcome)

        let request = try sender.dryRun(message, to: settings)
        #expect(request.contains("gong") && request.contains("***") && !request.contains("k3y45678"))
        let plan = Self.registry.plan(for: settings, read: Self.read)
        #expect(plan.pace == Pace(RateLimit(count: 10, per: .seconds(60))) && plan.digestCapacity == 20)
    }

    /// A config that was read with other targets than there are must not become another target's message.
    @Test func `a target that is not there gets nothing`() async throws {
        let settings = try #require(
            try load(#"{"type": "pushbell", "url": "http://127.0.0.1:9", "device_key": {"env": "KEY"}}"#))
        let client = OnDemandClient()
        defer { client.shutdown() }
        let now = Timestamp(milliseconds: 1_795_507_200_000)
        let sender = Sender(client: client, read: Self.read, now: { now })
        let verdict = await sender.send(.alert(TestAlert.event(.failed, for: settings, at: now)), to: settings)
        #expect(verdict?.outcome == .targetBroken)
        #expect(verdict?.reason?.hasPrefix("this program has no target type pushbell") == true)
    }
}
