import Alerts
import Model
import TestSupport
import Testing

/// What the daemon makes of each way in which a service fails.
struct TargetVerdictTests {
    enum Expected: String {
        case delivered, accepted, throttled, tryAgain, refused, broken

        func fits(_ outcome: DeliveryOutcome) -> Bool {
            switch (self, outcome) {
            case (.delivered, .delivered), (.accepted, .accepted), (.throttled, .throttled), (.tryAgain, .tryAgain),
                (.refused, .messageRefused), (.broken, .targetBroken):
                true
            default: false
            }
        }
    }

    static let expected: [TargetKind: [Expected: [String]]] = [
        .dingtalk: [
            .broken: [
                "unknown_token", "unknown_token_300001", "unknown_token_400101", "keyword", "keyword_english", "sign",
                "sign_english", "timestamp", "timestamp_english", "ip", "ip_english", "dissolved", "stopped", "deleted",
            ],
            .throttled: ["throttled", "throttled_410100", "throttled_90030", "gateway"],
            .refused: ["malformed", "content_type", "parameter", "too_long"], .tryAgain: ["busy"],
        ],
        .feishu: [
            .broken: ["unknown_token", "sign", "ip", "keyword"],
            .throttled: ["throttled", "throttled_9499", "throttled_429"],
            .refused: ["bad_request", "msg_type", "unsupported", "card"], .delivered: ["legacy_ok"],
            .tryAgain: ["no_code"],
        ],
        .wecom: [
            .broken: ["unknown_token"], .throttled: ["throttled"],
            .refused: ["too_long", "too_long_93000", "malformed", "not_json", "unsupported"], .tryAgain: ["busy"],
        ],
        .slack: [
            .broken: [
                "unknown_token", "invalid_token", "invalid_token_400", "action_prohibited", "channel_not_found",
                "archived",
            ],
            .throttled: ["throttled"], .refused: ["invalid_payload", "no_text", "invalid_blocks", "too_long"],
            .tryAgain: ["rollup_error"],
        ],
        .teams: [
            .broken: ["unknown_token", "gone", "disabled"], .throttled: ["throttled", "connector_429"],
            .refused: ["bad_request", "too_long"], .accepted: ["flow_fails", "accepted_200"],
        ],
        .discord: [
            .broken: ["unknown_token", "invalid_token", "forbidden"], .throttled: ["throttled", "banned"],
            .refused: ["empty", "form", "not_json"], .accepted: ["unsaved"],
        ],
        .telegram: [
            .broken: [
                "unknown_token", "malformed_token", "migrated", "chat_not_found", "thread_not_found", "no_rights",
                "kicked",
                "blocked", "deactivated",
            ],
            .throttled: ["throttled"], .refused: ["too_long", "empty", "entities"], .tryAgain: ["server"],
        ],
        .googleChat: [
            .broken: ["unknown_token", "api_key", "unauthenticated", "gone"], .throttled: ["throttled"],
            .refused: ["invalid", "too_long"], .tryAgain: ["unavailable"],
        ],
        .mattermost: [
            .broken: ["unknown_token", "disabled", "channel", "permission"], .throttled: ["throttled"],
            .refused: ["parse", "no_text", "too_large"], .delivered: ["split"],
        ],
        .ntfy: [
            .broken: ["unknown_token", "forbidden", "auth_failures", "topic", "topic_disallowed", "not_found"],
            .throttled: ["throttled", "daily"], .refused: ["too_large", "json", "priority"], .tryAgain: ["server"],
            .delivered: ["attachment", "as_text"],
        ],
        .pagerduty: [
            .broken: ["unknown_token"], .throttled: ["throttled"], .refused: ["invalid", "too_large"],
            .tryAgain: ["server", "ok_200"],
        ],
        .alertmanager: [
            .broken: ["unknown_token"], .throttled: ["throttled"], .refused: ["invalid", "schema"],
            .tryAgain: ["server"],
        ],
    ]

    /// The same for every service, but for `json_200` at Alertmanager, which promises no body.
    static let common: [Expected: [String]] = [
        .tryAgain: ["http_500", "http_503", "html_502", "html_200", "reset", "mute"], .broken: ["redirect"],
    ]

    @Test(arguments: TargetFixture.services)
    func `each failure is what it is`(kind: TargetKind) async throws {
        let fixture = try await TargetFixture()
        let event = TestAlert.event(.failed, for: TargetSettings(name: "t", kind: kind), at: SystemTime.now)
        var named: Set<String> = []
        for table in [try #require(Self.expected[kind]), Self.common] {
            for (expected, failures) in table {
                for failure in failures {
                    try await fixture.setRobot(of: kind, failure: failure)
                    let verdict = await fixture.send(.alert(event), to: kind)
                    let outcome = try #require(verdict?.outcome)
                    #expect(
                        expected.fits(outcome),
                        "\(failure) is \(outcome): \(verdict?.reason ?? "-"); should be \(expected)")
                    if case .throttled(let wait?) = outcome, failure != "daily" {
                        #expect((6.9...600).contains(wait.inSeconds), "\(failure) asked for 7 s, understood \(wait)")
                    }
                    named.insert(failure)
                }
            }
        }
        let listed = try await run(ProgramPath.built("polarai-simulator"), ["failures"]).output
            .split(separator: "\n").first { $0.hasPrefix(kind.rawValue + ": ") }
        let known = try #require(listed).dropFirst(kind.rawValue.count + 2).split(separator: ", ").map(String.init)
        #expect(Set(known).subtracting(named).subtracting(["connector_ok"]).isEmpty, "a failure that nobody expects")
    }

    @Test(arguments: TargetFixture.services)
    func `success without proof is none`(kind: TargetKind) async throws {
        let fixture = try await TargetFixture()
        let event = TestAlert.event(.failed, for: TargetSettings(name: "t", kind: kind), at: SystemTime.now)
        for failure in ["empty_200", "json_200"] {
            // A Teams workflow and Alertmanager prove themselves by the status alone.
            guard kind != .alertmanager && kind != .teams else { continue }
            try await fixture.setRobot(of: kind, failure: failure)
            let verdict = try #require(await fixture.send(.alert(event), to: kind))
            #expect(verdict.outcome != .delivered && verdict.outcome != .accepted, "\(failure)")
        }
    }

    @Test func `a robot's security setting is reported by name`() async throws {
        let fixture = try await TargetFixture()
        let event = TestAlert.event(.failed, for: TargetSettings(name: "t", kind: .dingtalk), at: SystemTime.now)
        for (failure, word) in [
            ("keyword", "keyword"), ("keyword_english", "keyword"), ("sign", "secret"), ("sign_english", "secret"),
            ("timestamp", "clock"), ("timestamp_english", "clock"), ("ip", "IP"), ("ip_english", "IP"),
            ("deleted", "deleted"), ("unknown_token", "access_token"),
        ] {
            try await fixture.setRobot(of: .dingtalk, failure: failure)
            let reason = await fixture.send(.alert(event), to: .dingtalk)?.reason ?? ""
            #expect(reason.contains(word), "\(failure): \(reason)")
        }
    }
}
