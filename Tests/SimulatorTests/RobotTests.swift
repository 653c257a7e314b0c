import Crypto
import Foundation
import Model
import TestSupport
import Testing

/// The stand-ins for chat and incident services: what they take, and how they refuse.
struct RobotTests {
    /// One message and what must come of it.
    struct Case: CustomTestStringConvertible, Sendable {
        let path: String
        let body: String
        let status: Int
        /// Begins with this: `accepted`, or the failure's name.
        let verdict: String
        /// Is in the answer.
        let answer: String

        init(_ path: String, _ body: String, _ status: Int, _ verdict: String, _ answer: String = "") {
            (self.path, self.body, self.status, self.verdict, self.answer) = (path, body, status, verdict, answer)
        }

        var testDescription: String { "\(path.prefix(24)) → \(verdict)" }
    }

    private static let dingtalk = "/dingtalk/robot/send?access_token=tok"
    private static let feishu = "/feishu/open-apis/bot/v2/hook/tok"
    private static let wecom = "/wecom/cgi-bin/webhook/send?key=tok"
    private static let slack = "/slack/services/T1/B1/X1"
    private static let teams =
        "/teams/workflows/abc/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=s-1"
    private static let discord = "/discord/api/webhooks/1/tok?wait=true"
    private static let telegram = "/telegram/bot1:tok/sendMessage"
    private static let chat = "/google_chat/v1/spaces/AAA/messages?key=k&token=tok"
    private static let mattermost = "/mattermost/hooks/tok"
    private static let ntfy = "/ntfy/"
    private static let pagerduty = "/pagerduty/v2/enqueue"
    private static let alertmanager = "/alertmanager/api/v2/alerts"
    private static let routingKey = "0123456789abcdef0123456789abcdef"

    private static func long(_ count: Int, _ character: Character = "x") -> String {
        String(repeating: character, count: count)
    }

    private static func trigger(_ change: String = "") -> String {
        #"{"routing_key":"\#(routingKey)","event_action":"trigger","dedup_key":"pm-1","payload":{"summary":"s","source":"pm-1","severity":"error"}\#(change)}"#
    }

    static let cases: [Case] = [
        Case(
            dingtalk, #"{"msgtype":"markdown","markdown":{"title":"t","text":"x"}}"#, 200, "accepted", #""errcode":0"#),
        Case(
            dingtalk, #"{"msgtype":"text","text":{"content":"hi @1"},"at":{"atMobiles":["1"],"isAtAll":false}}"#, 200,
            "accepted"),
        Case(
            dingtalk, #"{"msgtype":"text","text":{"content":"hi"},"at":{"atMobiles":["1"]}}"#, 200, "malformed", "40035"
        ),
        Case(dingtalk, #"{"msgtype":"markdown","markdown":{"text":"x"}}"#, 200, "malformed", "40035"),
        Case(dingtalk, "{", 200, "malformed", "40035"),
        Case(dingtalk, #"{"msgtype":"poem"}"#, 200, "parameter", "400105"),
        Case(dingtalk, #"{"msgtype":"text","text":{"content":"\#(long(6700, "字"))"}}"#, 200, "too_long", "460101"),
        Case("/dingtalk/robot/send", "{}", 200, "unknown_token", "300005"),

        Case(feishu, #"{"msg_type":"text","content":{"text":"hi"}}"#, 200, "accepted", #""code":0"#),
        Case(
            feishu,
            #"{"msg_type":"interactive","card":{"header":{"title":{"tag":"plain_text","content":"T"},"template":"red"},"elements":[{"tag":"div","text":{"tag":"lark_md","content":"x"}}]}}"#,
            200, "accepted"),
        Case(feishu, #"{"msg_type":"interactive","card":{"elements":[{"tag":"div"}]}}"#, 200, "card", "200621"),
        Case(feishu, #"{"content":{"text":"hi"}}"#, 200, "msg_type", "19002"),
        Case(feishu, "{", 400, "bad_request", "9499"),
        Case(feishu, #"{"msg_type":"text","content":{"text":"\#(long(7000, "字"))"}}"#, 400, "bad_request", "9499"),

        Case(wecom, #"{"msgtype":"markdown","markdown":{"content":"x"}}"#, 200, "accepted", #""errcode":0"#),
        Case(wecom, #"{"msgtype":"markdown","markdown":{"content":"\#(long(1366, "字"))"}}"#, 200, "too_long", "40058"),
        Case(wecom, #"{"msgtype":"text","text":{"content":"\#(long(683, "字"))"}}"#, 200, "too_long", "40058"),
        Case(wecom, #"{"msgtype":"text","text":{"content":"\#(long(682, "字"))"}}"#, 200, "accepted"),
        Case("/wecom/cgi-bin/webhook/send", "{}", 200, "unknown_token", "93000"),

        Case(slack, #"{"text":"hi"}"#, 200, "accepted", "ok"),
        Case(slack, "{}", 400, "no_text", "no_text"),
        Case(slack, "payload", 400, "invalid_payload", "invalid_payload"),
        Case(
            slack, #"{"blocks":[{"type":"header","text":{"type":"plain_text","text":"\#(long(151))"}}]}"#, 400,
            "invalid_blocks"),
        Case(
            slack, #"{"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"\#(long(3001))"}}]}"#, 400,
            "invalid_blocks"),

        Case(
            teams,
            #"{"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":{"type":"AdaptiveCard","version":"1.2","body":[{"type":"TextBlock","text":"x","color":"Attention"}]}}]}"#,
            202, "accepted"),
        Case(teams, #"{"text":"hi"}"#, 202, "flow_fails"),
        Case(teams, "{", 400, "bad_request", "InvalidRequestContent"),
        Case("/teams/workflows/abc/triggers/manual/paths/invoke?sig=s-1", "{}", 401, "unknown_token"),

        Case(discord, #"{"content":"hi"}"#, 200, "accepted", #""id":""#),
        Case("/discord/api/webhooks/1/tok", #"{"content":"hi"}"#, 204, "accepted"),
        Case("/discord/api/webhooks/1/tok", #"{"content":"\#(long(2001))"}"#, 204, "unsaved"),
        Case(discord, #"{"content":"\#(long(2001))"}"#, 400, "form", "50035"),
        Case(discord, #"{"embeds":[{"description":"\#(long(4000))"},{"description":"\#(long(2001))"}]}"#, 400, "form"),
        Case(discord, "{}", 400, "empty", "50006"),

        Case(telegram, #"{"chat_id":-1,"text":"<b>hi</b> &lt;","parse_mode":"HTML"}"#, 200, "accepted", "message_id"),
        Case(
            telegram, #"{"chat_id":-1,"text":"a < b <pm-1>","parse_mode":"HTML"}"#, 400, "entities",
            "can't parse entities"),
        Case(telegram, #"{"chat_id":-1,"text":"<b>\#(long(4096))</b>","parse_mode":"HTML"}"#, 200, "accepted"),
        Case(telegram, #"{"chat_id":-1,"text":"\#(long(4097))"}"#, 400, "too_long", "message is too long"),
        Case(telegram, #"{"chat_id":-1,"text":"<b></b>","parse_mode":"HTML"}"#, 400, "empty"),
        Case(telegram, #"{"text":"hi"}"#, 400, "chat_not_found", "chat not found"),

        Case(chat, #"{"text":"hi"}"#, 200, "accepted", "spaces/AAA/messages/"),
        Case(
            chat,
            #"{"fallbackText":"f","cardsV2":[{"cardId":"c","card":{"header":{"title":"T"},"sections":[{"widgets":[{"decoratedText":{"topLabel":"l","text":"x"}}]}]}}]}"#,
            200, "accepted"),
        Case(chat, #"{"text":"hi","colour":"red"}"#, 400, "invalid", "INVALID_ARGUMENT"),
        Case(chat, #"{"text":"\#(long(11_000, "字"))"}"#, 400, "too_long", "32000"),
        Case("/google_chat/v1/spaces/AAA/messages", #"{"text":"hi"}"#, 403, "unknown_token", "PERMISSION_DENIED"),

        Case(mattermost, #"{"text":"hi"}"#, 200, "accepted", "ok"),
        Case(
            mattermost, #"{"attachments":[{"text":"x","fields":[{"title":"t","value":"v","short":true}]}]}"#, 200,
            "accepted"),
        Case(mattermost, "{}", 400, "no_text", "No text specified"),
        Case(mattermost, #"{"text":"\#(long(16_384))"}"#, 200, "split", "ok"),

        Case(ntfy, #"{"topic":"jobs","message":"hi","priority":5}"#, 200, "accepted", #""id":""#),
        Case("/ntfy/jobs", #"{"topic":"jobs","message":"hi"}"#, 200, "as_text"),
        Case(ntfy, #"{"topic":"jobs","message":"\#(long(1366, "字"))"}"#, 200, "attachment"),
        Case(ntfy, #"{"topic":"no topic"}"#, 400, "topic", "40009"),
        Case(ntfy, #"{"topic":"jobs","priority":6}"#, 400, "priority", "40007"),

        Case(pagerduty, trigger(), 202, "accepted", #""dedup_key":"pm-1""#),
        Case(pagerduty, trigger(#","links":[{"text":"no address"}]"#), 400, "invalid"),
        Case(pagerduty, #"{"routing_key":"\#(routingKey)","event_action":"resolve"}"#, 400, "invalid"),
        Case(pagerduty, #"{"routing_key":"short","event_action":"resolve","dedup_key":"a"}"#, 400, "unknown_token"),
        Case(
            "/pagerduty/v2/change/enqueue", #"{"routing_key":"\#(routingKey)","payload":{"summary":"done"}}"#, 202,
            "accepted"),
        Case("/pagerduty/v2/change/enqueue", trigger(), 400, "invalid"),

        Case(alertmanager, #"[{"labels":{"alertname":"A","task":"pm-1"}}]"#, 200, "accepted"),
        Case(alertmanager, #"{"labels":{"alertname":"A"}}"#, 422, "schema"),
        Case(alertmanager, #"[{"labels":{"bad-name":"A"}}]"#, 400, "invalid"),
        Case(
            alertmanager,
            #"[{"labels":{"alertname":"A"},"startsAt":"2026-11-24T08:00:00Z","endsAt":"2026-11-24T07:00:00Z"}]"#, 400,
            "invalid"),
    ]

    private static let json = ["Content-Type": "application/json; charset=utf-8"]

    @Test func `each service takes what is right and refuses what is not in its own words`() async throws {
        // Their own rates would stand in the way of so many messages in a second.
        let unlimited = [
            ("feishu", "tok"), ("slack", "T1/B1/X1"), ("teams", "s-1"), ("discord", "1/tok"), ("google_chat", "tok"),
        ]
        .map { #"{"service": "\#($0.0)", "token": "\#($0.1)", "rates": []}"# }
        let simulator = try await Simulator(scenario: #"{"robots": [\#(unlimited.joined(separator: ", "))]}"#)
        for (number, expected) in Self.cases.enumerated() {
            let answer = try await simulator.client.send(
                "POST", "/robot" + expected.path, body: expected.body, headers: Self.json)
            let name = expected.testDescription
            #expect(answer.status == expected.status, "\(name): \(answer.text.prefix(300))")
            #expect(
                expected.answer.isEmpty || answer.text.contains(expected.answer), "\(name): \(answer.text.prefix(300))")
            let delivery = try #require(try await simulator.deliveries(since: number).first)
            let verdict = delivery["verdict"]?.stringValue ?? ""
            #expect(verdict.hasPrefix(expected.verdict), "\(name): \(verdict)")
        }
    }

    @Test func `DingTalk wants the signature in the address, encoded once, and its keyword`() async throws {
        let simulator = try await Simulator(
            scenario:
                #"{"robots": [{"service": "dingtalk", "token": "tok", "secret": "SEC0123456789abcdef", "keyword": "polarai"}]}"#
        )
        func send(
            _ text: String = "polarai: done", token: String = "tok", secret: String = "SEC0123456789abcdef",
            ago: Double = 0,
            encode: (String) -> String = { $0 }
        ) async throws -> String {
            let time = Int64((Date().timeIntervalSince1970 - ago) * 1000)
            let code = HMAC<SHA256>.authenticationCode(
                for: Data("\(time)\n\(secret)".utf8), using: SymmetricKey(data: Data(secret.utf8)))
            let sign = Data(code).base64EncodedString()
                .replacing("+", with: "%2B").replacing("/", with: "%2F").replacing("=", with: "%3D")
            let path = "/robot/dingtalk/robot/send?access_token=\(token)&timestamp=\(time)&sign=\(encode(sign))"
            let body = JSONValue.object(["msgtype": .string("text"), "text": .object(["content": .string(text)])])
            return try await simulator.client.send("POST", path, body: body.text(), headers: Self.json).text
        }
        #expect(try await send() == #"{"errcode":0,"errmsg":"ok"}"#)
        #expect(try await send("done").contains("关键词不匹配"))
        #expect(try await send(secret: "SECother").contains("签名不匹配"))
        #expect(try await send(ago: 3700).contains("签名过期"))
        #expect(try await send(encode: { $0.replacing("%", with: "%25") }).contains("签名不匹配"))
        #expect(try await send(token: "other").contains("300005"))
    }

    @Test func `Feishu wants the signature in the body, with time and secret as the key`() async throws {
        let simulator = try await Simulator(
            scenario: #"{"robots": [{"service": "feishu", "token": "tok", "secret": "s3cret", "keyword": "polarai"}]}"#)
        func send(key: String, message: String, text: String = "polarai", time: Int) async throws -> Int64? {
            let code = HMAC<SHA256>.authenticationCode(
                for: Data(message.utf8), using: SymmetricKey(data: Data(key.utf8)))
            let body = JSONValue.object([
                "timestamp": .string("\(time)"), "sign": .string(Data(code).base64EncodedString()),
                "msg_type": .string("text"), "content": .object(["text": .string(text)]),
            ])
            let answer = try await simulator.client.send(
                "POST", "/robot/feishu/open-apis/bot/v2/hook/tok", body: body.text(), headers: Self.json)
            guard case .integer(let code)? = try answer.json()["code"] else { return nil }
            return code
        }
        let now = Int(Date().timeIntervalSince1970)
        #expect(try await send(key: "\(now)\ns3cret", message: "", time: now) == 0)
        #expect(try await send(key: "s3cret", message: "\(now)\ns3cret", time: now) == 19_021)
        #expect(try await send(key: "\(now - 3700)\ns3cret", message: "", time: now - 3700) == 19_021)
        #expect(try await send(key: "\(now)\ns3cret", message: "", text: "hi", time: now) == 19_024)
    }

    @Test func `DingTalk shuts out who sends too fast, others tell how long to wait`() async throws {
        let simulator = try await Simulator(
            scenario: """
                {"robots": [{"service": "telegram", "token": "t", "rates": [{"count": 1, "per": "30s"}]},
                            {"service": "discord", "token": "1/t", "rates": [{"count": 1, "per": "30s"}]}]}
                """)
        func send(_ path: String, _ body: String) async throws -> LoopbackClient.Answer {
            try await simulator.client.send("POST", "/robot" + path, body: body, headers: Self.json)
        }
        var codes: [String] = []
        for _ in 0..<22 {
            codes.append(try await send(Self.dingtalk, #"{"msgtype":"text","text":{"content":"x"}}"#).text)
        }
        #expect(codes.prefix(20).allSatisfy { $0.contains(#""errcode":0"#) })
        #expect(codes.suffix(2).allSatisfy { $0.contains("130101") })

        let message = #"{"chat_id":1,"text":"x"}"#
        #expect(try await send("/telegram/bott/sendMessage", message).status == 200)
        let refused = try await send("/telegram/bott/sendMessage", message)
        #expect(refused.status == 429)
        guard case .integer(let seconds)? = try refused.json()["parameters"]?["retry_after"] else {
            Issue.record("no retry_after: \(refused.text)")
            return
        }
        #expect((1...30).contains(seconds))

        #expect(try await send("/discord/api/webhooks/1/t?wait=true", #"{"content":"x"}"#).status == 200)
        let limited = try await send("/discord/api/webhooks/1/t?wait=true", #"{"content":"x"}"#)
        #expect(limited.status == 429)
        #expect(limited.headers["x-ratelimit-reset-after"] != nil)
        #expect(limited.text.contains(#""retry_after":"#))
    }

    @Test func `a robot fails on plan in every way that its service knows`() async throws {
        let simulator = try await Simulator(
            scenario: """
                {"robots": [{"service": "dingtalk", "name": "chat", "token": "tok", "plan": [
                   {"failure": "gateway", "times": 1, "wait": "7s"}, {"failure": "stopped", "times": 1},
                   {"failure": "html_200", "times": 1}, {"failure": null, "times": 1}, {"failure": "busy"}]}]}
                """)
        var answers: [String] = []
        for _ in 0..<6 {
            answers.append(
                try await simulator.client.send(
                    "POST", "/robot" + Self.dingtalk, body: #"{"msgtype":"text","text":{"content":"x"}}"#,
                    headers: Self.json
                ).text)
        }
        #expect(answers[0].contains(#""punish":"deny""#) && answers[0].contains(#""wait":7"#))
        #expect(!answers[0].contains("errcode"))
        #expect(answers[1].contains("400102"))
        #expect(answers[2].hasPrefix("<html>"))
        #expect(answers[3].contains(#""errcode":0"#))
        #expect(answers[4].contains(#""errcode":-1"#) && answers[5] == answers[4])
        #expect(try await simulator.deliveries(to: "chat").count == 6)

        try await simulator.setRobot(#"{"service": "dingtalk", "name": "chat", "token": "tok"}"#)
        let answer = try await simulator.client.send(
            "POST", "/robot" + Self.dingtalk, body: #"{"msgtype":"text","text":{"content":"x"}}"#, headers: Self.json)
        #expect(answer.text.contains(#""errcode":0"#))
    }
}
