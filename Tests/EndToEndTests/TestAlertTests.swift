import Model
import TestSupport
import Testing

/// `test-alert`, the real programs: says what is wrong with a target and what to do, and exits by it.
@Suite(.timeLimit(.minutes(10)))
struct TestAlertTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let kind: String
        /// The service's own path, behind the simulator's address.
        let path: String
        /// More keys of the target, JSON.
        let keys: String
        /// More keys of the robot, JSON; its token is that of `path` unless it is given here.
        let robot: String
        let exit: Int32
        /// What the operator must read.
        let words: [String]

        init(
            _ name: String, _ kind: String, _ path: String, keys: String = "", robot: String, exit: Int32 = 1,
            _ words: String...
        ) {
            self.name = name
            self.kind = kind
            self.path = path
            self.keys = keys
            self.robot = robot
            self.exit = exit
            self.words = words
        }

        var testDescription: String { "\(kind): \(name)" }
    }

    private static let dingtalk = "dingtalk/robot/send?access_token=0a1b2c3d4e5f6071"
    private static let feishu = "feishu/open-apis/bot/v2/hook/0a1b2c3d-4e5f-6071"
    private static let wecom = "wecom/cgi-bin/webhook/send?key=0a1b2c3d-4e5f-6071"
    private static let slack = "slack/services/T00000000/B00000000/XkZqWmPlReTyUiOpAsDfGhJk"
    private static let teams =
        "teams/workflows/0a1b2c3d4e5f/triggers/manual/paths/invoke?api-version=2016-06-01"
        + "&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=kR3pXq7Lw2bV_n9sTzY4"
    private static let discord = "discord/api/webhooks/1310000000000000000/hUq2Zk9vXb3nLw5tRy7c"
    private static let googleChat = "google_chat/v1/spaces/AAAA/messages?key=AIzaSyExample&token=Zm9vYmFyYmF6"
    private static let mattermost = "mattermost/hooks/9jrxak1ykxrmnaed9cps9i4cim"
    private static let bot = "123456789:AAExampleExampleExampleExample"
    private static let telegram = #""token": "\#(bot)", "chat_id": "-100123""#
    private static let ntfy = #""token": "tk_AgQdq7mVBoFD37zQVN29", "topic": "jobs""#
    private static let pagerduty = #""routing_key": "0123456789abcdef0123456789abcdef""#
    private static let secret = #""secret": "SECright0123456789""#

    /// What must never be printed.
    private static let credentials = [
        "0a1b2c3d4e5f6071", "0a1b2c3d-4e5f-6071", "XkZqWmPlReTyUiOpAsDfGhJk", "kR3pXq7Lw2bV_n9sTzY4",
        "hUq2Zk9vXb3nLw5tRy7c", "AIzaSyExample", "Zm9vYmFyYmF6", "9jrxak1ykxrmnaed9cps9i4cim", "AAExampleExample",
        "AgQdq7mVBoFD37zQVN29", "0123456789abcdef0123456789abcdef", "SECright", "SECwrong", "right0123456789",
    ]

    static let good: [Case] = [
        Case(
            "good", "dingtalk", dingtalk, keys: secret, robot: #""token": "0a1b2c3d4e5f6071", \#(secret)"#, exit: 0,
            "delivered"),
        Case(
            "good", "feishu", feishu, keys: secret, robot: #""token": "0a1b2c3d-4e5f-6071", \#(secret)"#, exit: 0,
            "delivered"),
        Case("good", "wecom", wecom, robot: #""token": "0a1b2c3d-4e5f-6071""#, exit: 0, "delivered"),
        Case(
            "good", "slack", slack, robot: #""token": "T00000000/B00000000/XkZqWmPlReTyUiOpAsDfGhJk""#, exit: 0,
            "delivered"),
        Case("good", "teams", teams, robot: #""token": "kR3pXq7Lw2bV_n9sTzY4""#, exit: 0, "accepted", "promised"),
        Case(
            "good", "discord", discord, robot: #""token": "1310000000000000000/hUq2Zk9vXb3nLw5tRy7c""#, exit: 0,
            "delivered"),
        Case(
            "good", "telegram", "telegram", keys: telegram, robot: #""token": "\#(bot)", "chat_id": "-100123""#,
            exit: 0, "delivered"),
        Case("good", "google_chat", googleChat, robot: #""token": "Zm9vYmFyYmF6""#, exit: 0, "delivered"),
        Case("good", "mattermost", mattermost, robot: #""token": "9jrxak1ykxrmnaed9cps9i4cim""#, exit: 0, "delivered"),
        Case("good", "ntfy", "ntfy", keys: ntfy, robot: #""token": "tk_AgQdq7mVBoFD37zQVN29""#, exit: 0, "delivered"),
        Case(
            "good", "pagerduty", "pagerduty", keys: pagerduty, robot: #""token": "0123456789abcdef0123456789abcdef""#,
            exit: 0, "delivered"),
        Case("good", "alertmanager", "alertmanager/am1", robot: #""token": "am1""#, exit: 0, "delivered"),
    ]

    static let wrongSecret: [Case] = [
        Case(
            "wrong secret", "dingtalk", dingtalk, keys: #""secret": "SECwrong0123456789""#,
            robot: #""token": "0a1b2c3d4e5f6071", \#(secret)"#, "target broken", "signature", "`secret`"),
        Case(
            "no secret", "dingtalk", dingtalk, robot: #""token": "0a1b2c3d4e5f6071", \#(secret)"#, "target broken",
            "`secret`"),
        Case(
            "wrong secret", "feishu", feishu, keys: #""secret": "SECwrong0123456789""#,
            robot: #""token": "0a1b2c3d-4e5f-6071", \#(secret)"#, "target broken", "signature", "`secret`"),
        Case(
            "wrong keyword", "dingtalk", dingtalk, keys: #""keyword": "告警""#,
            robot: #""token": "0a1b2c3d4e5f6071", "keyword": "监控""#, "target broken", "`keyword`"),
        Case(
            "wrong keyword", "feishu", feishu, keys: #""keyword": "告警""#,
            robot: #""token": "0a1b2c3d-4e5f-6071", "keyword": "监控""#, "target broken", "`keyword`"),
        Case(
            "wrong chat", "telegram", "telegram", keys: telegram, robot: #""token": "\#(bot)", "chat_id": "7""#,
            "target broken", "`chat_id`"),
    ]

    /// The service knows the robot no more: the token of another one.
    static let deleted: [Case] = [
        Case("deleted", "dingtalk", dingtalk, robot: #""token": "other""#, "target broken", "access_token"),
        Case(
            "deleted, by its own code", "dingtalk", dingtalk,
            robot: #""token": "0a1b2c3d4e5f6071", "plan": [{"failure": "deleted"}]"#, "target broken", "deleted",
            "`url`"),
        Case("deleted", "feishu", feishu, robot: #""token": "other""#, "target broken", "does not know the bot"),
        Case("deleted", "wecom", wecom, robot: #""token": "other""#, "target broken", "robot's key"),
        Case("deleted", "slack", slack, robot: #""token": "a/b/c""#, "target broken", "removed"),
        Case("other sig", "teams", teams, robot: #""token": "other""#, "target broken", "`sig`"),
        Case(
            "deleted", "teams", teams, robot: #""token": "kR3pXq7Lw2bV_n9sTzY4", "plan": [{"failure": "gone"}]"#,
            "target broken", "deleted"),
        Case("deleted", "discord", discord, robot: #""token": "1/other""#, "target broken", "deleted"),
        Case(
            "unknown bot", "telegram", "telegram", keys: telegram, robot: #""token": "1:other""#, "target broken",
            "`token`"),
        Case("deleted", "google_chat", googleChat, robot: #""token": "other""#, "target broken", "webhook URL"),
        Case("deleted", "mattermost", mattermost, robot: #""token": "other""#, "target broken", "`url`"),
        Case("wrong token", "ntfy", "ntfy", keys: ntfy, robot: #""token": "tk_other""#, "target broken", "`token`"),
        Case(
            "wrong key", "pagerduty", "pagerduty", keys: pagerduty,
            robot: #""token": "ffffffffffffffffffffffffffffffff""#, "target broken", "`routing_key`"),
        Case("not there", "alertmanager", "alertmanager/am1", robot: #""token": "am2""#, "target broken", "`url`"),
    ]

    /// Nothing to fix here: exit 69.
    static let unavailable: [Case] = [
        Case(
            "throttled", "dingtalk", dingtalk,
            robot: #""token": "0a1b2c3d4e5f6071", "plan": [{"failure": "throttled"}]"#,
            exit: 69, "throttled"),
        Case(
            "down", "slack", slack,
            robot: #""token": "T00000000/B00000000/XkZqWmPlReTyUiOpAsDfGhJk", "plan": [{"failure": "reset"}]"#,
            exit: 69,
            "not reachable"),
        Case(
            "a login page", "mattermost", mattermost,
            robot: #""token": "9jrxak1ykxrmnaed9cps9i4cim", "plan": [{"failure": "html_200"}]"#, exit: 69,
            "may not have arrived"),
        Case(
            "malformed", "telegram", "telegram", keys: telegram,
            robot: #""token": "\#(bot)", "chat_id": "-100123", "plan": [{"failure": "entities"}]"#, exit: 1,
            "message refused", "> "),
    ]

    @Test(arguments: [good, wrongSecret, deleted, unavailable])
    func `says what is wrong with the target`(cases: [Case]) async throws {
        for example in cases {
            let simulator = try await Simulator(
                scenario: #"{"robots": [{"service": "\#(example.kind)", \#(example.robot)}]}"#)
            let result = try await Self.testAlert(
                ["t"], targets: #"{"t": \#(Self.target(example, at: simulator))}"#)
            let said = result.output + result.errors
            #expect(result.exitCode == example.exit, "\(example.testDescription): \(said)")
            #expect(result.output.hasPrefix("t: "), "\(example.testDescription): \(said)")
            for word in example.words {
                #expect(result.output.contains(word), "\(example.testDescription) does not say \(word): \(said)")
            }
            for credential in Self.credentials {
                #expect(!said.contains(credential), "\(example.testDescription): \(said)")
            }
        }
    }

    @Test func `a webhook whose receiver does not take the signature`() async throws {
        let simulator = try await Simulator(
            scenario: #"{"hooks": [{"name": "ops", "secret": "whsec_ZGVtby1zZWNyZXQtb2YtdGhlLXNpbXVsYXRvcg=="}]}"#)
        func target(_ secret: String) -> String {
            #"{"t": {"url": "\#(simulator.http)/hook/ops", "secret": "\#(secret)"}}"#
        }
        let wrong = try await Self.testAlert(["t"], targets: target("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        #expect(wrong.exitCode == 1)
        #expect(wrong.output.contains("target broken") && wrong.output.contains("secret"))
        #expect(!(wrong.output + wrong.errors).contains("MfKQ9r8G"))
        let right = try await Self.testAlert(["t"], targets: target("whsec_ZGVtby1zZWNyZXQtb2YtdGhlLXNpbXVsYXRvcg=="))
        #expect(right.exitCode == 0)
        #expect(right.output.contains("delivered"))
    }

    @Test func `nobody listens there`() async throws {
        let server = try LoopbackServer { _ in }
        let url = server.url
        server.stop()
        let result = try await Self.testAlert(["t"], targets: #"{"t": {"url": "\#(url)/hook"}}"#)
        #expect(result.exitCode == 69)
        #expect(result.output.contains("not reachable"))
    }

    @Test func `every target is tried, and the worst counts; a target that is not there is named`() async throws {
        let simulator = try await Simulator(scenario: #"{"hooks": [{"name": "gone", "plan": [{"status": 410}]}]}"#)
        let targets =
            #"{"bad": {"url": "\#(simulator.http)/hook/gone"}, "good": {"url": "\#(simulator.http)/hook/a"}}"#
        let all = try await Self.testAlert(["--all"], targets: targets)
        #expect(all.exitCode == 1)
        #expect(all.output.contains("bad: target broken") && all.output.contains("good: delivered"))
        #expect(try await simulator.acceptedDeliveries(to: "a").count == 1)

        let unknown = try await Self.testAlert(["ugly"], targets: targets)
        #expect(unknown.exitCode == 1)
        #expect(unknown.errors.contains("ugly") && unknown.errors.contains("bad, good"))
    }

    @Test func `a dry run prints the request and sends nothing`() async throws {
        let simulator = try await Simulator(
            scenario: #"{"robots": [{"service": "dingtalk", "token": "0a1b2c3d4e5f6071"}]}"#)
        let example = Case("dry", "dingtalk", Self.dingtalk, keys: Self.secret, robot: "")
        let result = try await Self.testAlert(
            ["t", "--dry-run"], targets: #"{"t": \#(Self.target(example, at: simulator))}"#)
        #expect(result.exitCode == 0)
        #expect(result.output.contains(#""msgtype":"markdown""#) && result.output.contains("polarai-daemon test"))
        for credential in Self.credentials { #expect(!result.output.contains(credential)) }
        #expect(try await simulator.deliveries().isEmpty)
    }

    // MARK: -

    private static func target(_ example: Case, at simulator: Simulator) -> String {
        let more = example.keys.isEmpty ? "" : ", " + example.keys
        return
            #"{"type": "\#(example.kind)", "url": "\#(simulator.http)/robot/\#(example.path)", "timeout": "5s"\#(more)}"#
    }

    private static func testAlert(_ arguments: [String], targets: String) async throws -> FinishedProgram {
        let folder = try TemporaryFolder()
        let config = try folder.write(
            "config.json",
            """
            {"api": {"region": "cn-beijing"}, "clusters": ["pm-2ze9examp1e00001"], "targets": \(targets),
             "storage": {"path": "\(folder.file("polarai.db"))"}}
            """, permissions: 0o600)
        return try await run(
            try ProgramPath.built("polarai-daemon"), ["test-alert"] + arguments + ["--config", config],
            environment: [
                "ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "secret",
            ])
    }
}
