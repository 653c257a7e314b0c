import Alerts
import Config
import Foundation
import Model
import Testing

struct DecodingTests {
    @Test(arguments: [
        ("https://oapi.dingtalk.com/robot/send?access_token=x", TargetKind.dingtalk),
        ("https://OAPI.DingTalk.com:443/robot/send?access_token=x", .dingtalk),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/x", .feishu),
        ("https://open.larksuite.com/open-apis/bot/v2/hook/x", .feishu),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x", .wecom),
        ("https://hooks.slack.com/services/T/B/X", .slack),
        ("https://prod-1.westus.logic.azure.com:443/workflows/x/triggers/manual/paths/invoke?sig=x", .teams),
        ("https://default1.2.environment.api.powerplatform.com:443/powerautomate/automations/direct/x", .teams),
        ("https://discord.com/api/webhooks/1/x", .discord),
        ("https://chat.googleapis.com/v1/spaces/S/messages?key=K&token=T", .googleChat),
        ("https://ntfy.sh/topic", .ntfy),
        ("https://mattermost.example.com/hooks/x", .webhook),
        ("http://127.0.0.1:8080/", .webhook),
        ("http://[::1]:8080/", .webhook),
        ("https://oapi.dingtalk.com.evil.example/robot/send", .webhook),
        ("https://evil.example/?u=https://hooks.slack.com/", .webhook),
    ])
    func `the type is recognised by the host`(url: String, kind: TargetKind) throws {
        let settings = try load(#"{"targets": {"t": {"url": "\#(url)"}}}"#).settings
        #expect(settings.targets.map(\.kind) == [kind])
        #expect(settings.targets[0].urls == [Secret(.literal(url))])
    }

    @Test func `the type is recognised by a URL that stands elsewhere`() throws {
        let text = #"{"targets": {"t": {"url": {"env": "CHAT"}, "secret": "x", "keyword": "PolarDB"}}}"#
        let url = "https://oapi.dingtalk.com/robot/send?access_token=x"
        let settings = try load(text, variables: ["CHAT": url]).settings
        #expect(settings.targets[0].kind == .dingtalk)
        #expect(settings.targets[0].urls == [Secret(.environment("CHAT"))])
        #expect(settings.targets[0].options.secrets == [Secret(.literal("x"))])
    }

    @Test func `a target whose URL only the unit sees is not a mistake outside it`() throws {
        let text = #"{"targets": {"t": {"url": {"credential": "chat"}, "keyword": "PolarDB"}}}"#
        #expect(try load(text).findings.allSatisfy { $0.severity != .mistake })
    }

    @Test func `services with one address need no URL`() throws {
        let settings = try load(
            """
            {"targets": {"p": {"type": "pagerduty", "routing_key": "0123456789abcdef0123456789abcdef"},
                         "t": {"type": "telegram", "token": "1:x", "chat_id": -100123, "thread_id": "7"}}}
            """
        ).settings
        #expect(settings.targets[0].urls == [Secret(.literal("https://events.pagerduty.com"))])
        #expect(settings.targets[1].urls == [Secret(.literal("https://api.telegram.org"))])
        #expect(settings.targets[1].options[text: "chat_id"] == "-100123")
        #expect(settings.targets[1].options[text: "thread_id"] == "7")
    }

    @Test func `every option of a webhook`() throws {
        let settings = try load(
            """
            {"targets": {"w": {"url": "https://w.example.com/", "secret": ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "headers": {"X-Team": "nlp", "Authorization": {"env": "A"}},
                "template": "{{ data.cluster }} {{data.labels.team}} {{timestamp}}",
                "rate": "120/1m", "timeout": "7s", "proxy": "none"}}}
            """, variables: ["A": "Bearer x"]
        ).settings
        let target = settings.targets[0]
        #expect(target.options.secrets.count == 2)
        #expect(
            target.options.headers
                == ["X-Team": Secret(.literal("nlp")), "Authorization": Secret(.environment("A"))])
        #expect(target.options.template == "{{ data.cluster }} {{data.labels.team}} {{timestamp}}")
        #expect(target.rate == RateLimit(count: 120, per: .seconds(60)))
        #expect(target.connection.timeout == .seconds(7))
        #expect(target.connection.proxy == Secret(.literal("")))
    }

    @Test func `mentions are objects or texts by kind`() throws {
        let settings = try load(
            """
            {"targets": {
                "d": {"type": "dingtalk", "url": "https://d.example.com/?access_token=x",
                      "mention": {"mobiles": ["138", 139], "user_ids": ["u"], "all": true}},
                "s": {"type": "slack", "url": "https://s.example.com/", "mention": "<!here>"}}}
            """
        ).settings
        #expect(
            settings.targets[0].options.mention
                == Mention(mobiles: ["138", "139"], userIDs: ["u"], everybody: true))
        #expect(settings.targets[1].options.mention == Mention(text: "<!here>"))
    }

    @Test func `every kind of credentials`() throws {
        func credentials(_ json: String) throws -> CredentialSettings {
            try load(#"{"api": {"region": "cn-beijing", "credentials": \#(json)}}"#, variables: ["S": "x"])
                .settings.accounts[0].credentials
        }
        #expect(try credentials(#"{"type": "default"}"#) == .defaultChain)
        #expect(
            try credentials(#"{"type": "access_key", "access_key_id": "i", "access_key_secret": {"env": "S"}}"#)
                == .accessKey(id: Secret(.literal("i")), secret: Secret(.environment("S")), securityToken: nil))
        #expect(
            try credentials(#"{"type": "ecs_ram_role", "metadata_endpoint": "http://127.0.0.1:1"}"#)
                == .ecsRAMRole(roleName: nil, metadataEndpoint: "http://127.0.0.1:1"))
        #expect(
            try credentials(
                """
                {"type": "ram_role_arn", "role_arn": "acs:ram::1:role/a", "duration": "1h", "policy": {"Version": "1"},
                 "source": {"type": "ram_role_arn", "role_arn": "acs:ram::1:role/b"}}
                """)
                == .ramRoleARN(
                    AssumedRole(roleARN: "acs:ram::1:role/a", policy: #"{"Version":"1"}"#, duration: .seconds(3600)),
                    source: .ramRoleARN(AssumedRole(roleARN: "acs:ram::1:role/b"), source: .defaultChain)))
        let token = FileManager.default.temporaryDirectory.appending(path: "polarai-\(UUID().uuidString)").path
        try "ey.1\n".write(toFile: token, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: token) }
        #expect(
            try credentials(
                """
                {"type": "oidc_role_arn", "role_arn": "acs:ram::1:role/a", "oidc_provider_arn": "acs:ram::1:oidc-provider/p",
                 "oidc_token_file": "\(token)"}
                """)
                == .oidcRoleARN(
                    roleARN: "acs:ram::1:role/a", providerARN: "acs:ram::1:oidc-provider/p", tokenFile: token,
                    sessionName: nil, stsEndpoint: nil, duration: nil))
        #expect(try credentials(#"{"type": "profile"}"#) == .profile(name: nil, file: nil))
        #expect(
            try credentials(#"{"type": "uri", "url": "http://10.0.0.1/c"}"#)
                == .uri(Secret(.literal("http://10.0.0.1/c"))))
    }

    @Test(arguments: [
        "polardb.aliyuncs.com", "polardb.aliyuncs.com:8443", "https://polardb.aliyuncs.com", "https://10.0.0.1:8443/",
        "http://localhost:8080", "http://127.0.0.1:8080", "http://127.1.2.3", "http://[::1]:8080", "localhost:8443",
    ])
    func `endpoints that are taken`(endpoint: String) throws {
        let settings = try load(#"{"api": {"endpoint": "\#(endpoint)"}}"#).settings
        #expect(settings.accounts[0].endpoint == endpoint)
    }

    @Test(arguments: [
        "http://polardb.aliyuncs.com", "http://127.0.0.1.example.com", "http://localhost.example.com",
        "http://10.0.0.1",
        "https://user@host", "https://host?x", "https://host#x", "https://", "host:0", "host:x",
        "http://100.100.100.200",
        "127.0.0.1 ", "[::1", "ho/st", "",
    ])
    func `endpoints that are refused`(endpoint: String) {
        #expect(throws: ConfigError.self) { try load(#"{"api": {"endpoint": "\#(endpoint)"}}"#) }
    }

    @Test(arguments: ["0", #""0""#, #""0s""#, #""0m""#, "0.0", "-0.0", "0e7"])
    func `no stalls where stall_after is 0`(text: String) throws {
        #expect(try load(#"{"schedule": {"stall_after": \#(text)}}"#).settings.schedule.stallAfter == nil)
    }

    @Test func `a whole number may be written with a fraction of zero or an exponent`() throws {
        for (text, burst) in [("7.0", 7), ("12e2", 1200), ("0.9e1", 9), ("10000.00", 10_000)] {
            #expect(
                try load(#"{"api": {"region": "cn-beijing", "burst": \#(text)}}"#).settings.accounts.map(\.burst) == [
                    burst
                ], "\(text)")
        }
        let settings = try load(
            """
            {"overdue": {"max_runtime": 0.0, "slower_than": 0e3}, "targets": {
             "c": {"type": "cloudmonitor", "endpoint": "https://metrics.cn-beijing.aliyuncs.com", "group_id": 17.0},
             "t": {"type": "telegram", "token": "1:x", "chat_id": -100.5e1, "thread_id": 7.0}}}
            """
        ).settings
        #expect(settings.overdue.isOff)
        #expect(settings.target(named: "c")?.options.cloudMonitor.groupID == 17)
        #expect(settings.target(named: "t")?.options[text: "chat_id"] == "-1005")
        #expect(settings.target(named: "t")?.options[text: "thread_id"] == "7")
    }

    @Test(arguments: [
        (#"{"api": {"burst": 2.25}}"#, "burst: is not a whole number; write a whole number from 1 to 10000"),
        (#"{"api": {"burst": 0.0}}"#, "burst: is out of range; "),
        (#"{"api": {"burst": 1e19}}"#, "burst: is out of range; "),
        (#"{"api": {"burst": 9223372036854775808}}"#, "burst: is out of range; "),
        (#"{"api": {"burst": true}}"#, "burst: is true; "),
        (
            #"{"targets": {"t": {"type": "telegram", "token": "1:x", "chat_id": 1.5}}}"#,
            "chat_id: is not a whole number; "
        ),
        (#"{"targets": {"t": {"type": "telegram", "token": "1:x", "chat_id": 1e20}}}"#, "chat_id: is out of range; "),
        (#"{"schedule": {"running": 45.0}}"#, #"running: is a number without a unit; write "45s" for seconds"#),
        (#"{"schedule": {"running": 1.5}}"#, "running: is a number; write a duration such as "),
    ])
    func `a number that cannot be used is refused with the reason`(text: String, expected: String) {
        let error = #expect(throws: ConfigError.self) { try load(text) }
        #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
    }

    @Test func `history is kept for ever or for a time`() throws {
        #expect(try load(#"{"storage": {"keep": "forever"}}"#).settings.storage.keep == nil)
        #expect(try load(#"{"storage": {"keep": "90d"}}"#).settings.storage.keep == .seconds(90 * 86_400))
    }

    @Test func `ids are trimmed`() throws {
        let settings = try load(
            #"{"api": {"region": "cn-beijing"}, "clusters": ["pm-1\n"], "instances": [{"id": " pc-1 "}]}"#
        ).settings
        #expect(settings.clusters[0].id.rawValue == "pm-1")
        #expect(settings.instances[0].id == "pc-1")
    }

    @Test func `discovery may bring the clusters that routes name`() throws {
        let text = #"{"api": {"region": "cn-beijing"}, "instances": ["pc-1"], "routes": [{"clusters": ["pm-9"]}]}"#
        #expect(try load(text).findings.isEmpty)
    }

    @Test func `the poll of 5s is not a warning`() throws {
        #expect(
            try load(#"{"clusters": [{"id": "pm-1", "region": "cn-beijing", "poll": "5s"}]}"#).findings.isEmpty)
    }
}
