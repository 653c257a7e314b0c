import HTTPTransport
import Model
import TestSupport
import Testing

@testable import Alerts

/// Every answer that a service is known to give, and what it means: delivered only on the service's own proof.
struct VerdictTests {
    enum Expected: Sendable, Equatable {
        case delivered, accepted, refused, broken
        /// With the wait in seconds that the service asks for.
        case throttled(Double?)
        case tryAgain(Double?)

        static let throttled = Expected.throttled(nil)
        static let tryAgain = Expected.tryAgain(nil)

        init(_ outcome: DeliveryOutcome) {
            self =
                switch outcome {
                case .delivered: .delivered
                case .accepted: .accepted
                case .messageRefused: .refused
                case .targetBroken: .broken
                case .throttled(let wait): .throttled(wait?.inSeconds)
                case .tryAgain(let wait): .tryAgain(wait?.inSeconds)
                }
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let status: Int
        let body: String
        let expected: Expected
        let headers: [HTTPHeader]
        /// What the reason must name for whoever has to mend it.
        let words: String

        init(
            _ status: Int, _ body: String, _ expected: Expected, _ words: String = "",
            headers: KeyValuePairs<String, String> = [:]
        ) {
            self.status = status
            self.body = body
            self.expected = expected
            self.words = words
            self.headers = headers.map { HTTPHeader($0.key, $0.value) }
        }

        var testDescription: String { "\(status) \(body.prefix(60))" }
    }

    private func check(_ row: Row, at kind: TargetKind) {
        let answer = Answer(
            status: row.status, headers: HTTPHeaders(row.headers), body: Array(row.body.utf8), receivedAt: Sample.now)
        let verdict = TargetRegistry.target(for: kind).judge(answer)
        #expect(Expected(verdict.outcome) == row.expected, "\(kind) \(row.testDescription): \(verdict.reason ?? "-")")
        let reason = verdict.reason ?? ""
        #expect(reason.contains(row.words), "\(kind) \(row.testDescription): \(reason)")
        switch verdict.outcome {
        case .delivered, .accepted: break
        default:
            #expect(!reason.isEmpty, "\(kind) \(row.testDescription) has no reason")
            #expect(verdict.code?.isEmpty == false, "\(kind) \(row.testDescription) has no code")
        }
    }

    // MARK: - The Chinese robots: HTTP says 200 whatever happens

    static let dingtalk: [Row] = [
        Row(200, #"{"errcode":0,"errmsg":"ok"}"#, .delivered),
        Row(200, #"{"errmsg":"ok"}"#, .tryAgain, "errcode"),
        Row(200, "", .tryAgain, "errcode"),
        Row(200, "ok", .tryAgain, "errcode"),
        Row(200, #"{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"1"}"#, .throttled(5), "gateway"),
        Row(200, #"{"status":1111,"source":"x5","punish":"deny"}"#, .throttled),
        Row(200, #"{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}"#, .throttled, "20"),
        Row(200, #"{"errcode":410100,"errmsg":"x"}"#, .throttled),
        Row(200, #"{"errcode":90030,"errmsg":"x"}"#, .throttled),
        Row(200, #"{"errcode":310000,"errmsg":"keywords not in content, more: [link]"}"#, .broken, "`keyword`"),
        Row(
            200, #"{"errcode":310000,"errmsg":"description:关键词不匹配;solution:请联系群管理员;link:x"}"#, .broken, "`keyword`"),
        Row(200, #"{"errcode":310000,"errmsg":"sign not match, more: [link]"}"#, .broken, "`secret`"),
        Row(200, #"{"errcode":310000,"errmsg":"description:机器人发送签名不匹配;solution:x"}"#, .broken, "`secret`"),
        Row(200, #"{"errcode":310000,"errmsg":"invalid timestamp, more: [link]"}"#, .broken, "clock"),
        Row(200, #"{"errcode":310000,"errmsg":"description:机器人发送签名过期;solution:x"}"#, .broken, "clock"),
        Row(200, #"{"errcode":310000,"errmsg":"ip 203.0.113.7 not in whitelist"}"#, .broken, "IP"),
        Row(200, #"{"errcode":310000,"errmsg":"description:来源IP不在白名单;solution:x"}"#, .broken, "IP"),
        Row(200, #"{"errcode":310000,"errmsg":""}"#, .broken, "security settings"),
        Row(200, #"{"errcode":300001,"errmsg":"token is not exist"}"#, .broken, "access_token"),
        Row(200, #"{"errcode":300005,"errmsg":"token is not exist"}"#, .broken, "access_token"),
        Row(200, #"{"errcode":400101,"errmsg":"x"}"#, .broken, "access_token"),
        Row(200, #"{"errcode":400013,"errmsg":"x"}"#, .broken, "dissolved"),
        Row(200, #"{"errcode":400102,"errmsg":"x"}"#, .broken, "stopped"),
        Row(200, #"{"errcode":400106,"errmsg":"x"}"#, .broken, "deleted"),
        Row(200, #"{"errcode":40035,"errmsg":"x"}"#, .refused), Row(200, #"{"errcode":43004,"errmsg":"x"}"#, .refused),
        Row(200, #"{"errcode":400105,"errmsg":"x"}"#, .refused),
        Row(200, #"{"errcode":460101,"errmsg":"message too long, exceed 20000 bytes"}"#, .refused, "too long"),
        Row(200, #"{"errcode":-1,"errmsg":"系统繁忙"}"#, .tryAgain, "busy"),
        Row(200, #"{"errcode":999999,"errmsg":"what"}"#, .tryAgain, "what"),
        Row(503, #"{"errcode":0}"#, .tryAgain),
    ]

    @Test(arguments: dingtalk) func `answers of DingTalk`(row: Row) { check(row, at: .dingtalk) }

    static let feishu: [Row] = [
        Row(200, #"{"code":0,"msg":"success","data":{}}"#, .delivered),
        Row(200, #"{"StatusCode":0,"StatusMessage":"success"}"#, .delivered),
        Row(200, #"{"StatusCode":0,"StatusMessage":"success","code":0,"msg":"success"}"#, .delivered),
        // Both, and they differ: the newer one counts.
        Row(200, #"{"StatusCode":0,"code":19024,"msg":"Key Words Not Found"}"#, .broken, "`keyword`"),
        Row(200, #"{"msg":"success"}"#, .tryAgain, "code"), Row(200, "", .tryAgain, "code"),
        Row(200, #"{"code":11232,"msg":"frequency limited psm[x]appID[1]"}"#, .throttled),
        Row(400, #"{"code":9499,"msg":"Bad Request"}"#, .refused),
        Row(400, #"{"code":9499,"msg":"too many request, frequency limit"}"#, .throttled),
        Row(
            429, #"{"code":99991400,"msg":"request trigger frequency limit"}"#, .throttled(nil), "frequency limit"),
        Row(200, #"{"code":19001,"msg":"param invalid: incoming webhook access token invalid"}"#, .broken, "address"),
        Row(200, #"{"code":19021,"msg":"sign match fail"}"#, .broken, "`secret`"),
        Row(200, #"{"code":19022,"msg":"Ip Not Allowed"}"#, .broken, "IP"),
        Row(200, #"{"code":19024,"msg":"Key Words Not Found"}"#, .broken, "`keyword`"),
        Row(200, #"{"code":10208,"msg":"unsupported msg_type"}"#, .refused),
        Row(200, #"{"code":19002,"msg":"params error, msg_type need"}"#, .refused),
        Row(200, #"{"code":200621,"msg":"parse card json err"}"#, .refused),
        Row(200, #"{"code":77777,"msg":"what"}"#, .tryAgain, "what"),
        Row(502, #"{"code":0}"#, .tryAgain),
    ]

    @Test(arguments: feishu) func `answers of Feishu and Lark`(row: Row) { check(row, at: .feishu) }

    static let wecom: [Row] = [
        Row(200, #"{"errcode":0,"errmsg":"ok"}"#, .delivered), Row(200, #"{"errmsg":"ok"}"#, .tryAgain, "errcode"),
        Row(200, #"{"errcode":45009,"errmsg":"api freq out of limit, hint: [1]"}"#, .throttled, "20"),
        Row(200, #"{"errcode":93000,"errmsg":"invalid webhook url, hint: [1], from ip: 203.0.113.7"}"#, .broken, "key"),
        Row(200, #"{"errcode":93000,"errmsg":"markdown.content exceed max length 4096"}"#, .refused, "too long"),
        Row(200, #"{"errcode":40058,"errmsg":"markdown.content exceed max length 4096. invalid Request"}"#, .refused),
        Row(200, #"{"errcode":-1,"errmsg":"system busy"}"#, .tryAgain, "busy"),
        Row(200, #"{"errcode":31337,"errmsg":"what"}"#, .tryAgain, "what"),
        Row(200, "<html>login</html>", .tryAgain, "errcode"), Row(500, #"{"errcode":0}"#, .tryAgain),
    ]

    @Test(arguments: wecom) func `answers of WeCom`(row: Row) { check(row, at: .wecom) }

    // MARK: - Chat

    static let slack: [Row] = [
        Row(200, "ok", .delivered), Row(200, "ok\n", .delivered), Row(200, "", .tryAgain, "`ok`"),
        Row(200, "okay", .tryAgain, "`ok`"), Row(200, #"{"ok":true}"#, .tryAgain, "`ok`"),
        Row(403, "invalid_token", .broken, "webhook"), Row(400, "invalid_token", .broken, "webhook"),
        Row(400, "invalid_payload", .refused), Row(400, "no_text", .refused),
        Row(400, "msg_blocks_too_long", .refused), Row(403, "action_prohibited", .broken, "administrator"),
        Row(404, "no_service", .broken, "removed"), Row(404, "channel_not_found", .broken, "channel"),
        Row(410, "channel_is_archived", .broken, "archived"),
        Row(
            429, #"{"retry_after":30,"ok":false,"error":"rate_limited"}"#, .throttled(30),
            headers: ["Retry-After": "20"]),
        Row(429, "", .throttled(20), headers: ["Retry-After": "20"]),
        Row(200, #"{"retry_after":3,"ok":false,"error":"rate_limited"}"#, .tryAgain, "`ok`"),
        Row(500, "rollup_error", .tryAgain),
    ]

    @Test(arguments: slack) func `answers of Slack`(row: Row) { check(row, at: .slack) }

    static let teams: [Row] = [
        Row(202, "", .accepted), Row(200, "", .accepted), Row(200, "1", .delivered),
        Row(
            200,
            "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ...",
            .throttled),
        Row(
            200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 403",
            .tryAgain),
        Row(200, #"{"error":{"code":"x","message":"y"}}"#, .tryAgain, "error"),
        Row(200, "<!DOCTYPE html><html></html>", .tryAgain, "flow"),
        Row(429, "", .throttled(17), headers: ["Retry-After": "17"]),
        Row(400, #"{"error":{"code":"WorkflowTriggerIsNotEnabled","message":"x"}}"#, .broken, "turned off"),
        Row(400, #"{"error":{"code":"TriggerInputSchemaMismatch","message":"x"}}"#, .refused),
        Row(401, #"{"error":{"code":"DirectApiAuthorizationRequired"}}"#, .broken, "sig"),
        Row(404, #"{"error":{"code":"WorkflowNotFound"}}"#, .broken, "deleted"), Row(413, "", .refused),
    ]

    @Test(arguments: teams) func `answers of Teams`(row: Row) { check(row, at: .teams) }

    static let discord: [Row] = [
        Row(200, #"{"id":"1310000000000000001","type":0}"#, .delivered),
        // The id is the proof; nothing is none.
        Row(200, #"{"id":"","type":0}"#, .tryAgain, "message id"), Row(200, #"{"type":0}"#, .tryAgain, "message id"),
        Row(200, #"{"id":null}"#, .tryAgain, "message id"), Row(200, "", .tryAgain, "message id"),
        Row(204, "", .accepted),
        Row(
            429, #"{"message":"You are being rate limited.","retry_after":1.337,"global":false}"#, .throttled(2),
            headers: ["Retry-After": "2", "X-RateLimit-Reset-After": "1.4"]),
        Row(429, #"{"retry_after":64.57}"#, .throttled(64.57)),
        Row(429, "error code: 1015", .throttled(3600), headers: ["Retry-After": "3600"]),
        Row(404, #"{"message":"Unknown Webhook","code":10015}"#, .broken, "deleted"),
        Row(401, #"{"message":"Invalid Webhook Token","code":50027}"#, .broken, "token"),
        Row(403, #"{"message":"Missing Permissions","code":50013}"#, .broken),
        Row(400, #"{"message":"Invalid Form Body","code":50035}"#, .refused, "Invalid Form Body"),
        Row(502, "<html></html>", .tryAgain),
    ]

    @Test(arguments: discord) func `answers of Discord`(row: Row) { check(row, at: .discord) }

    @Test func `Discord's own count holds the next message back`() {
        let headers = HTTPHeaders([
            HTTPHeader("X-RateLimit-Remaining", "0"), HTTPHeader("X-RateLimit-Reset-After", "1.25"),
        ])
        let answer = Answer(status: 200, headers: headers, body: Array(#"{"id":"1"}"#.utf8), receivedAt: Sample.now)
        #expect(Discord().judge(answer).pause == .milliseconds(1250))
    }

    static let telegram: [Row] = [
        Row(200, #"{"ok":true,"result":{"message_id":7}}"#, .delivered), Row(200, #"{"result":{}}"#, .tryAgain, "`ok`"),
        Row(200, "", .tryAgain, "`ok`"),
        Row(
            429,
            #"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 33","parameters":{"retry_after":33}}"#,
            .throttled(33)),
        Row(
            400,
            #"{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1001234}}"#,
            .broken, "-1001234"),
        Row(400, #"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#, .broken, "`chat_id`"),
        Row(
            400, #"{"ok":false,"error_code":400,"description":"Bad Request: message thread not found"}"#, .broken,
            "`thread_id`"),
        Row(
            403, #"{"ok":false,"error_code":403,"description":"Forbidden: bot was kicked from the group chat"}"#,
            .broken),
        Row(403, #"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}"#, .broken),
        Row(403, #"{"ok":false,"error_code":403,"description":"Forbidden: user is deactivated"}"#, .broken),
        Row(400, #"{"ok":false,"error_code":400,"description":"Bad Request: group is deactivated"}"#, .broken),
        Row(401, #"{"ok":false,"error_code":401,"description":"Unauthorized"}"#, .broken, "`token`"),
        Row(404, #"{"ok":false,"error_code":404,"description":"Not Found"}"#, .broken, "`token`"),
        Row(400, #"{"ok":false,"error_code":400,"description":"Bad Request: can't parse entities"}"#, .refused),
        Row(400, #"{"ok":false,"error_code":400,"description":"Bad Request: message is too long"}"#, .refused),
        Row(502, #"{"ok":false,"error_code":502,"description":"Bad Gateway"}"#, .tryAgain),
    ]

    @Test(arguments: telegram) func `answers of Telegram`(row: Row) { check(row, at: .telegram) }

    static let googleChat: [Row] = [
        Row(200, #"{"name":"spaces/AAA/messages/b.b"}"#, .delivered), Row(200, #"{"name":""}"#, .tryAgain, "name"),
        Row(200, "{}", .tryAgain, "name"),
        Row(429, #"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"Quota exceeded"}}"#, .throttled),
        Row(403, #"{"error":{"code":403,"status":"PERMISSION_DENIED","message":"x"}}"#, .broken, "token"),
        Row(401, #"{"error":{"code":401,"status":"UNAUTHENTICATED","message":"x"}}"#, .broken, "token"),
        Row(404, #"{"error":{"code":404,"status":"NOT_FOUND","message":"x"}}"#, .broken, "no longer exists"),
        Row(400, #"{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"API key not valid."}}"#, .broken, "key"),
        Row(400, #"{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"Message too long"}}"#, .refused),
        Row(503, #"{"error":{"code":503,"status":"UNAVAILABLE","message":"x"}}"#, .tryAgain),
    ]

    @Test(arguments: googleChat) func `answers of Google Chat`(row: Row) { check(row, at: .googleChat) }

    static let mattermost: [Row] = [
        Row(200, "ok", .delivered), Row(200, "", .tryAgain, "`ok`"),
        Row(404, #"{"id":"store.sql_webhooks.get_incoming.app_error","message":"x","status_code":404}"#, .broken),
        Row(400, #"{"id":"web.incoming_webhook.invalid.app_error","message":"Invalid webhook"}"#, .broken, "`url`"),
        Row(400, #"{"id":"web.incoming_webhook.channel.app_error","message":"x"}"#, .broken),
        Row(403, #"{"id":"web.incoming_webhook.permissions.app_error","message":"x"}"#, .broken),
        Row(501, #"{"id":"web.incoming_webhook.disabled.app_error","message":"x"}"#, .broken, "turned off"),
        Row(400, #"{"id":"web.incoming_webhook.parse.app_error","message":"x"}"#, .refused),
        Row(400, #"{"id":"web.incoming_webhook.text.app_error","message":"x"}"#, .refused),
        Row(413, #"{"id":"api.context.request_body_too_large.app_error","message":"x"}"#, .refused),
        Row(429, "limit exceeded", .throttled(9), headers: ["Retry-After": "9"]), Row(500, "", .tryAgain),
    ]

    @Test(arguments: mattermost) func `answers of Mattermost`(row: Row) { check(row, at: .mattermost) }

    static let ntfy: [Row] = [
        Row(200, #"{"id":"sPs71M8A2T","event":"message"}"#, .delivered), Row(200, #"{"id":""}"#, .tryAgain, "id"),
        Row(200, "", .tryAgain, "id"),
        Row(429, #"{"code":42901,"http":429,"error":"limit reached: too many requests"}"#, .throttled),
        // The day's quota: until midnight, UTC. It is 08:00:00.123.
        Row(429, #"{"code":42908,"http":429,"error":"limit reached: daily message quota"}"#, .throttled(57_599.877)),
        Row(429, #"{"code":42909,"http":429,"error":"limit reached: too many auth failures"}"#, .broken, "`token`"),
        Row(401, #"{"code":40101,"http":401,"error":"unauthorized"}"#, .broken, "`token`"),
        Row(403, #"{"code":40301,"http":403,"error":"forbidden"}"#, .broken, "`token`"),
        Row(413, #"{"code":41303,"http":413,"error":"entity too large"}"#, .refused),
        Row(400, #"{"code":40009,"http":400,"error":"invalid request: topic invalid"}"#, .broken, "`topic`"),
        Row(400, #"{"code":40024,"http":400,"error":"invalid request: body must be valid JSON"}"#, .refused),
        Row(500, #"{"code":50001,"http":500,"error":"internal server error"}"#, .tryAgain),
    ]

    @Test(arguments: ntfy) func `answers of ntfy`(row: Row) { check(row, at: .ntfy) }

    // MARK: - Incidents

    static let pagerduty: [Row] = [
        Row(202, #"{"status":"success","message":"Event processed","dedup_key":"x"}"#, .delivered),
        Row(200, "", .tryAgain, "202"),
        Row(400, #"{"status":"invalid event","message":"Event object is invalid","errors":["x"]}"#, .refused),
        Row(
            400, #"{"status":"invalid event","errors":["'routing_key' is invalid (must be a string, 32 characters)"]}"#,
            .broken, "`routing_key`"),
        Row(429, "", .throttled), Row(429, "", .throttled(60), headers: ["Retry-After": "60"]),
        Row(500, "", .tryAgain),
    ]

    @Test(arguments: pagerduty) func `answers of PagerDuty`(row: Row) { check(row, at: .pagerduty) }

    static let alertmanager: [Row] = [
        Row(200, "", .delivered), Row(200, "<html>login</html>", .tryAgain, "empty"),
        Row(400, #""start time must be before end time""#, .refused), Row(422, #"{"code":602}"#, .refused),
        Row(404, "404 page not found", .broken, "`url`"), Row(500, "", .tryAgain),
    ]

    @Test(arguments: alertmanager) func `answers of Alertmanager`(row: Row) { check(row, at: .alertmanager) }

    // MARK: - CloudMonitor and hooks

    static let cloudMonitor: [Row] = [
        Row(200, #"{"Code":"200","Message":"success","RequestId":"A-1"}"#, .delivered),
        Row(200, #"{"Code":200,"RequestId":"A-1"}"#, .delivered),
        Row(200, #"{"Code":"206","Message":"partly"}"#, .tryAgain, "partly"),
        Row(200, #"{"Code":"Forbidden.RAM","Message":"x"}"#, .tryAgain),
        Row(200, #"{"RequestId":"A-1"}"#, .tryAgain), Row(200, "<html></html>", .tryAgain),
        Row(403, #"{"Code":"Forbidden.RAM","Message":"User not authorized"}"#, .broken, "cms:PutCustomEvent"),
        Row(403, #"{"Code":"NoPermission","Message":"x"}"#, .broken, "cms:PutCustomEvent"),
        Row(404, #"{"Code":"InvalidAccessKeyId.NotFound","Message":"x"}"#, .broken, "`account`"),
        Row(400, #"{"Code":"SignatureDoesNotMatch","Message":"x"}"#, .broken, "`account`"),
        Row(400, #"{"Code":"InvalidTimeStamp.Expired","Message":"x"}"#, .broken, "clock"),
        Row(404, #"{"Code":"InvalidApi.NotFound","Message":"x"}"#, .broken, "`endpoint`"),
        Row(400, #"{"Code":"Throttling.User","Message":"x"}"#, .throttled),
        Row(400, #"{"Code":"Throttling","Message":"x"}"#, .throttled(3), headers: ["Retry-After": "3"]),
        Row(400, #"{"Code":"SignatureNonceUsed","Message":"x"}"#, .tryAgain),
        Row(400, #"{"Code":"400","Message":"GroupId is wrong"}"#, .refused, "GroupId is wrong"),
        Row(500, #"{"Code":"InternalError","Message":"x"}"#, .tryAgain), Row(503, "", .tryAgain),
    ]

    @Test(arguments: cloudMonitor) func `answers of CloudMonitor`(row: Row) { check(row, at: .cloudMonitor) }

    static let command: [Row] = [
        Row(200, #"{"result":"exited","code":0,"output":"done"}"#, .delivered),
        Row(200, #"{"result":"exited","code":75,"output":""}"#, .tryAgain, "75"),
        Row(200, #"{"result":"exited","code":1,"output":"no"}"#, .refused, "status 1"),
        Row(200, #"{"result":"exited","code":127,"output":"no"}"#, .refused, "status 127"),
        Row(200, #"{"result":"killed","code":9,"output":""}"#, .refused, "signal 9"),
        Row(200, #"{"result":"timeout","output":""}"#, .refused, "`timeout`"),
        Row(200, #"{"result":"cannot_start","error":"/bin/x: it cannot be started: No such file"}"#, .broken, "/bin/x"),
        Row(404, #"{"result":"unknown"}"#, .broken, "systemctl restart polarai-hooks"),
        Row(503, #"{"result":"stopped"}"#, .tryAgain, "stopped"),
        Row(503, #"{"result":"busy"}"#, .tryAgain, "same task"),
        Row(200, #"{"result":"exited","output":"done"}"#, .tryAgain), Row(200, #"{"result":"danced"}"#, .tryAgain),
        Row(400, #"{"error":"x"}"#, .tryAgain, "`socket`"),
    ]

    @Test(arguments: command) func `answers of the hooks runner`(row: Row) { check(row, at: .command) }

    // MARK: - What every server can do

    static let common: [Row] = [
        Row(301, "", .broken, "redirect"), Row(302, "", .broken, "redirect"), Row(307, "", .broken, "redirect"),
        Row(405, "", .broken, "POST"), Row(407, "", .broken, "`proxy`"), Row(408, "", .tryAgain),
        Row(425, "", .tryAgain), Row(500, "", .tryAgain), Row(502, "<html></html>", .tryAgain),
        Row(503, "", .tryAgain(120), headers: ["Retry-After": "120"]),
        Row(503, "", .tryAgain(60.877), headers: ["Retry-After": "Tue, 24 Nov 2026 08:01:01 GMT"]),
        Row(504, "", .tryAgain), Row(599, "", .tryAgain), Row(600, "", .tryAgain), Row(101, "", .tryAgain),
    ]

    @Test(arguments: TargetSample.kinds.filter { $0 != .command }, common) func `answers that any server gives`(
        kind: TargetKind, row: Row
    ) {
        check(row, at: kind)
    }

    /// The status alone is the proof for a webhook, a Teams flow (a promise) and Alertmanager.
    @Test(arguments: TargetSample.kinds.filter { ![.webhook, .teams, .alertmanager].contains($0) })
    func `a 200 without proof is no success`(kind: TargetKind) {
        for body in ["", " ", "{}", "[]", "null", "true", "0", "{\"status\":\"ok\"}", "<html></html>", "\u{0}", "{"] {
            let answer = Answer(status: 200, body: Array(body.utf8), receivedAt: Sample.now)
            let outcome = TargetRegistry.target(for: kind).judge(answer).outcome
            #expect(outcome != .delivered && outcome != .accepted, "\(body)")
        }
    }

    @Test(arguments: TargetSample.kinds)
    func `no answer whatever breaks a judge`(kind: TargetKind) {
        var random = SeededGenerator(seed: 7)
        let target = TargetRegistry.target(for: kind)
        let pieces = [
            "{", "}", "[", "]", "\"", "errcode", "code", "ok", ":", ",", "0", "-1", "1e999", "null", "true", "训",
            "retry_after", "parameters", "error", "id", "\\", "\u{0}", "99999999999999999999", "wait", "status", "1111",
        ]
        for _ in 0..<500 {
            var text = ""
            for _ in 0..<Int.random(in: 0..<12, using: &random) { text += pieces.randomElement(using: &random) ?? "" }
            let status = [200, 202, 204, 400, 429, 500, 999, 0, -1].randomElement(using: &random) ?? 200
            let verdict = target.judge(
                Answer(
                    status: status, headers: HTTPHeaders([HTTPHeader("Retry-After", text)]), body: Array(text.utf8),
                    receivedAt: Sample.now))
            if case .throttled(let wait?) = verdict.outcome { #expect(wait >= .zero) }
        }
    }
}
