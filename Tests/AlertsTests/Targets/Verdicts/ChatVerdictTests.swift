import HTTPTransport
import Model
import Testing

@testable import Alerts

/// Every answer that a chat service is known to give: delivered only on the service's own proof.
struct ChatVerdictTests {
    static let slack: [VerdictRow] = [
        VerdictRow(200, "ok", .delivered), VerdictRow(200, "ok\n", .delivered), VerdictRow(200, "", .tryAgain, "`ok`"),
        VerdictRow(200, "okay", .tryAgain, "`ok`"), VerdictRow(200, #"{"ok":true}"#, .tryAgain, "`ok`"),
        VerdictRow(403, "invalid_token", .broken, "webhook"), VerdictRow(400, "invalid_token", .broken, "webhook"),
        VerdictRow(400, "invalid_payload", .refused), VerdictRow(400, "no_text", .refused),
        VerdictRow(400, "msg_blocks_too_long", .refused),
        VerdictRow(403, "action_prohibited", .broken, "administrator"),
        VerdictRow(404, "no_service", .broken, "removed"), VerdictRow(404, "channel_not_found", .broken, "channel"),
        VerdictRow(410, "channel_is_archived", .broken, "archived"),
        VerdictRow(
            429, #"{"retry_after":30,"ok":false,"error":"rate_limited"}"#, .throttled(30),
            headers: ["Retry-After": "20"]),
        VerdictRow(429, "", .throttled(20), headers: ["Retry-After": "20"]),
        VerdictRow(200, #"{"retry_after":3,"ok":false,"error":"rate_limited"}"#, .tryAgain, "`ok`"),
        VerdictRow(500, "rollup_error", .tryAgain),
    ]

    @Test(arguments: slack) func `answers of Slack`(row: VerdictRow) { row.check(at: .slack) }

    static let teams: [VerdictRow] = [
        VerdictRow(202, "", .accepted), VerdictRow(200, "", .accepted), VerdictRow(200, "1", .delivered),
        VerdictRow(
            200,
            "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ...",
            .throttled),
        VerdictRow(
            200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 403",
            .tryAgain),
        VerdictRow(200, #"{"error":{"code":"x","message":"y"}}"#, .tryAgain, "error"),
        VerdictRow(200, "<!DOCTYPE html><html></html>", .tryAgain, "flow"),
        VerdictRow(429, "", .throttled(17), headers: ["Retry-After": "17"]),
        VerdictRow(400, #"{"error":{"code":"WorkflowTriggerIsNotEnabled","message":"x"}}"#, .broken, "turned off"),
        VerdictRow(400, #"{"error":{"code":"TriggerInputSchemaMismatch","message":"x"}}"#, .refused),
        VerdictRow(401, #"{"error":{"code":"DirectApiAuthorizationRequired"}}"#, .broken, "sig"),
        VerdictRow(404, #"{"error":{"code":"WorkflowNotFound"}}"#, .broken, "deleted"), VerdictRow(413, "", .refused),
    ]

    @Test(arguments: teams) func `answers of Teams`(row: VerdictRow) { row.check(at: .teams) }

    static let discord: [VerdictRow] = [
        VerdictRow(200, #"{"id":"1310000000000000001","type":0}"#, .delivered),
        // The id is the proof; nothing is none.
        VerdictRow(200, #"{"id":"","type":0}"#, .tryAgain, "message id"),
        VerdictRow(200, #"{"type":0}"#, .tryAgain, "message id"),
        VerdictRow(200, #"{"id":null}"#, .tryAgain, "message id"), VerdictRow(200, "", .tryAgain, "message id"),
        VerdictRow(204, "", .accepted),
        VerdictRow(
            429, #"{"message":"You are being rate limited.","retry_after":1.337,"global":false}"#, .throttled(2),
            headers: ["Retry-After": "2", "X-RateLimit-Reset-After": "1.4"]),
        VerdictRow(429, #"{"retry_after":64.57}"#, .throttled(64.57)),
        VerdictRow(429, "error code: 1015", .throttled(3600), headers: ["Retry-After": "3600"]),
        VerdictRow(404, #"{"message":"Unknown Webhook","code":10015}"#, .broken, "deleted"),
        VerdictRow(401, #"{"message":"Invalid Webhook Token","code":50027}"#, .broken, "token"),
        VerdictRow(403, #"{"message":"Missing Permissions","code":50013}"#, .broken),
        VerdictRow(400, #"{"message":"Invalid Form Body","code":50035}"#, .refused, "Invalid Form Body"),
        VerdictRow(
            400,
            #"{"message":"Webhooks posted to forum channels must have a thread_name or thread_id","code":220001}"#,
            .broken, "`?thread_id=`"),
        VerdictRow(400, #"{"message":"x","code":220003}"#, .broken, "text channel"),
        VerdictRow(400, #"{"code":220004}"#, .broken, "forum"),
        VerdictRow(400, #"{"message":"x","code":220005}"#, .refused), VerdictRow(400, "", .refused),
        VerdictRow(502, "<html></html>", .tryAgain),
    ]

    @Test(arguments: discord) func `answers of Discord`(row: VerdictRow) { row.check(at: .discord) }

    @Test func `Discord's own count holds the next message back`() {
        let headers = HTTPHeaders([
            HTTPHeader("X-RateLimit-Remaining", "0"), HTTPHeader("X-RateLimit-Reset-After", "1.25"),
        ])
        let answer = Answer(status: 200, headers: headers, body: Array(#"{"id":"1"}"#.utf8), receivedAt: Sample.now)
        #expect(Discord().judge(answer).pause == .milliseconds(1250))
    }

    static let telegram: [VerdictRow] = [
        VerdictRow(200, #"{"ok":true,"result":{"message_id":7}}"#, .delivered),
        VerdictRow(200, #"{"result":{}}"#, .tryAgain, "`ok`"),
        VerdictRow(200, "", .tryAgain, "`ok`"),
        VerdictRow(
            429,
            #"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 33","parameters":{"retry_after":33}}"#,
            .throttled(33)),
        VerdictRow(
            400,
            #"{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1001234}}"#,
            .broken, "-1001234"),
        VerdictRow(
            400, #"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#, .broken, "`chat_id`"),
        VerdictRow(
            400, #"{"ok":false,"error_code":400,"description":"Bad Request: message thread not found"}"#, .broken,
            "`thread_id`"),
        VerdictRow(
            403, #"{"ok":false,"error_code":403,"description":"Forbidden: bot was kicked from the group chat"}"#,
            .broken),
        VerdictRow(
            403, #"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}"#, .broken),
        VerdictRow(403, #"{"ok":false,"error_code":403,"description":"Forbidden: user is deactivated"}"#, .broken),
        VerdictRow(400, #"{"ok":false,"error_code":400,"description":"Bad Request: group is deactivated"}"#, .broken),
        VerdictRow(401, #"{"ok":false,"error_code":401,"description":"Unauthorized"}"#, .broken, "`token`"),
        VerdictRow(404, #"{"ok":false,"error_code":404,"description":"Not Found"}"#, .broken, "`token`"),
        VerdictRow(
            400,
            #"{"ok":false,"error_code":400,"description":"Bad Request: need administrator rights in the channel chat"}"#,
            .broken, "administrator"),
        VerdictRow(
            400, #"{"ok":false,"error_code":400,"description":"Bad Request: have no write access to the chat"}"#,
            .broken, "right"),
        VerdictRow(
            400, #"{"ok":false,"error_code":400,"description":"Bad Request: CHAT_ADMIN_REQUIRED"}"#, .broken, "channel"),
        VerdictRow(
            400,
            #"{"ok":false,"error_code":400,"description":"Bad Request: not enough rights to send text messages to the chat"}"#,
            .broken, "may not post"),
        VerdictRow(400, #"{"ok":false,"error_code":400,"description":"Bad Request: can't parse entities"}"#, .refused),
        VerdictRow(400, #"{"ok":false,"error_code":400,"description":"Bad Request: message is too long"}"#, .refused),
        VerdictRow(502, #"{"ok":false,"error_code":502,"description":"Bad Gateway"}"#, .tryAgain),
    ]

    @Test(arguments: telegram) func `answers of Telegram`(row: VerdictRow) { row.check(at: .telegram) }

    static let googleChat: [VerdictRow] = [
        VerdictRow(200, #"{"name":"spaces/AAA/messages/b.b"}"#, .delivered),
        VerdictRow(200, #"{"name":""}"#, .tryAgain, "name"),
        VerdictRow(200, "{}", .tryAgain, "name"),
        VerdictRow(
            429, #"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"Quota exceeded"}}"#, .throttled),
        VerdictRow(403, #"{"error":{"code":403,"status":"PERMISSION_DENIED","message":"x"}}"#, .broken, "token"),
        VerdictRow(401, #"{"error":{"code":401,"status":"UNAUTHENTICATED","message":"x"}}"#, .broken, "token"),
        VerdictRow(404, #"{"error":{"code":404,"status":"NOT_FOUND","message":"x"}}"#, .broken, "no longer exists"),
        VerdictRow(
            400, #"{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"API key not valid."}}"#, .broken, "key"),
        VerdictRow(400, #"{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"Message too long"}}"#, .refused),
        VerdictRow(503, #"{"error":{"code":503,"status":"UNAVAILABLE","message":"x"}}"#, .tryAgain),
    ]

    @Test(arguments: googleChat) func `answers of Google Chat`(row: VerdictRow) { row.check(at: .googleChat) }

    static let mattermost: [VerdictRow] = [
        VerdictRow(200, "ok", .delivered), VerdictRow(200, "", .tryAgain, "`ok`"),
        VerdictRow(
            404, #"{"id":"store.sql_webhooks.get_incoming.app_error","message":"x","status_code":404}"#, .broken),
        VerdictRow(
            400, #"{"id":"web.incoming_webhook.invalid.app_error","message":"Invalid webhook"}"#, .broken, "`url`"),
        VerdictRow(400, #"{"id":"web.incoming_webhook.channel.app_error","message":"x"}"#, .broken),
        VerdictRow(403, #"{"id":"web.incoming_webhook.permissions.app_error","message":"x"}"#, .broken),
        VerdictRow(501, #"{"id":"web.incoming_webhook.disabled.app_error","message":"x"}"#, .broken, "turned off"),
        VerdictRow(400, #"{"id":"web.incoming_webhook.parse.app_error","message":"x"}"#, .refused),
        VerdictRow(400, #"{"id":"web.incoming_webhook.text.app_error","message":"x"}"#, .refused),
        VerdictRow(413, #"{"id":"api.context.request_body_too_large.app_error","message":"x"}"#, .refused),
        VerdictRow(429, "limit exceeded", .throttled(9), headers: ["Retry-After": "9"]), VerdictRow(500, "", .tryAgain),
    ]

    @Test(arguments: mattermost) func `answers of Mattermost`(row: VerdictRow) { row.check(at: .mattermost) }

    static let ntfy: [VerdictRow] = [
        VerdictRow(200, #"{"id":"sPs71M8A2T","event":"message"}"#, .delivered),
        VerdictRow(200, #"{"id":""}"#, .tryAgain, "id"),
        VerdictRow(200, "", .tryAgain, "id"),
        VerdictRow(429, #"{"code":42901,"http":429,"error":"limit reached: too many requests"}"#, .throttled),
        // The day's quota: until midnight, UTC. It is 08:00:00.123.
        VerdictRow(
            429, #"{"code":42908,"http":429,"error":"limit reached: daily message quota"}"#, .throttled(57_599.877)),
        VerdictRow(
            429, #"{"code":42909,"http":429,"error":"limit reached: too many auth failures"}"#, .broken, "`token`"),
        VerdictRow(401, #"{"code":40101,"http":401,"error":"unauthorized"}"#, .broken, "`token`"),
        VerdictRow(403, #"{"code":40301,"http":403,"error":"forbidden"}"#, .broken, "`token`"),
        VerdictRow(413, #"{"code":41303,"http":413,"error":"entity too large"}"#, .refused),
        VerdictRow(400, #"{"code":40009,"http":400,"error":"invalid request: topic invalid"}"#, .broken, "`topic`"),
        VerdictRow(400, #"{"code":40024,"http":400,"error":"invalid request: body must be valid JSON"}"#, .refused),
        VerdictRow(500, #"{"code":50001,"http":500,"error":"internal server error"}"#, .tryAgain),
    ]

    @Test(arguments: ntfy) func `answers of ntfy`(row: VerdictRow) { row.check(at: .ntfy) }
}
