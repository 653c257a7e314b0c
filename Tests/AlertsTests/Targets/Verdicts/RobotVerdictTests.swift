import HTTPTransport
import Model
import Testing

@testable import Alerts

/// Every answer of the Chinese robots, whose HTTP status is 200 whatever happens.
struct RobotVerdictTests {
    static let dingtalk: [VerdictRow] = [
        VerdictRow(200, #"{"errcode":0,"errmsg":"ok"}"#, .delivered),
        VerdictRow(200, #"{"errmsg":"ok"}"#, .tryAgain, "errcode"),
        VerdictRow(200, "", .tryAgain, "errcode"),
        VerdictRow(200, "ok", .tryAgain, "errcode"),
        VerdictRow(
            200, #"{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"1"}"#, .throttled(5), "gateway"),
        VerdictRow(200, #"{"status":1111,"source":"x5","punish":"deny"}"#, .throttled),
        VerdictRow(200, #"{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}"#, .throttled, "20"),
        VerdictRow(200, #"{"errcode":410100,"errmsg":"x"}"#, .throttled),
        VerdictRow(200, #"{"errcode":90030,"errmsg":"x"}"#, .throttled),
        VerdictRow(200, #"{"errcode":310000,"errmsg":"keywords not in content, more: [link]"}"#, .broken, "`keyword`"),
        VerdictRow(
            200, #"{"errcode":310000,"errmsg":"description:关键词不匹配;solution:请联系群管理员;link:x"}"#, .broken, "`keyword`"),
        VerdictRow(200, #"{"errcode":310000,"errmsg":"sign not match, more: [link]"}"#, .broken, "`secret`"),
        VerdictRow(200, #"{"errcode":310000,"errmsg":"description:机器人发送签名不匹配;solution:x"}"#, .broken, "`secret`"),
        VerdictRow(200, #"{"errcode":310000,"errmsg":"invalid timestamp, more: [link]"}"#, .broken, "clock"),
        VerdictRow(200, #"{"errcode":310000,"errmsg":"description:机器人发送签名过期;solution:x"}"#, .broken, "clock"),
        VerdictRow(200, #"{"errcode":310000,"errmsg":"ip 203.0.113.7 not in whitelist"}"#, .broken, "IP"),
        VerdictRow(200, #"{"errcode":310000,"errmsg":"description:来源IP不在白名单;solution:x"}"#, .broken, "IP"),
        VerdictRow(200, #"{"errcode":310000,"errmsg":""}"#, .broken, "security settings"),
        VerdictRow(200, #"{"errcode":300001,"errmsg":"token is not exist"}"#, .broken, "access_token"),
        VerdictRow(200, #"{"errcode":300005,"errmsg":"token is not exist"}"#, .broken, "access_token"),
        VerdictRow(200, #"{"errcode":400101,"errmsg":"x"}"#, .broken, "access_token"),
        VerdictRow(200, #"{"errcode":400013,"errmsg":"x"}"#, .broken, "dissolved"),
        VerdictRow(200, #"{"errcode":400102,"errmsg":"x"}"#, .broken, "stopped"),
        VerdictRow(200, #"{"errcode":400106,"errmsg":"x"}"#, .broken, "deleted"),
        VerdictRow(200, #"{"errcode":40035,"errmsg":"x"}"#, .refused),
        VerdictRow(200, #"{"errcode":43004,"errmsg":"x"}"#, .refused),
        VerdictRow(200, #"{"errcode":400105,"errmsg":"x"}"#, .refused),
        VerdictRow(200, #"{"errcode":430101,"errmsg":"含有不安全的外链"}"#, .refused, "含有不安全的外链"),
        VerdictRow(200, #"{"errcode":430102,"errmsg":"含有不合适的文本"}"#, .refused, "content"),
        VerdictRow(200, #"{"errcode":430103,"errmsg":""}"#, .refused, "links"),
        VerdictRow(200, #"{"errcode":430104,"errmsg":"x (y); z: 1"}"#, .refused, "name, labels and log lines"),
        VerdictRow(200, #"{"errcode":430100,"errmsg":"what"}"#, .tryAgain, "what"),
        VerdictRow(200, #"{"errcode":430105,"errmsg":"what"}"#, .tryAgain, "what"),
        VerdictRow(200, #"{"errcode":460101,"errmsg":"message too long, exceed 20000 bytes"}"#, .refused, "too long"),
        VerdictRow(200, #"{"errcode":-1,"errmsg":"系统繁忙"}"#, .tryAgain, "busy"),
        VerdictRow(200, #"{"errcode":999999,"errmsg":"what"}"#, .tryAgain, "what"),
        VerdictRow(503, #"{"errcode":0}"#, .tryAgain),
    ]

    @Test(arguments: dingtalk) func `answers of DingTalk`(row: VerdictRow) { row.check(at: .dingtalk) }

    static let feishu: [VerdictRow] = [
        VerdictRow(200, #"{"code":0,"msg":"success","data":{}}"#, .delivered),
        VerdictRow(200, #"{"StatusCode":0,"StatusMessage":"success"}"#, .delivered),
        VerdictRow(200, #"{"StatusCode":0,"StatusMessage":"success","code":0,"msg":"success"}"#, .delivered),
        // Both, and they differ: the newer one counts.
        VerdictRow(200, #"{"StatusCode":0,"code":19024,"msg":"Key Words Not Found"}"#, .broken, "`keyword`"),
        VerdictRow(200, #"{"msg":"success"}"#, .tryAgain, "code"), VerdictRow(200, "", .tryAgain, "code"),
        VerdictRow(200, #"{"code":11232,"msg":"frequency limited psm[x]appID[1]"}"#, .throttled),
        VerdictRow(400, #"{"code":9499,"msg":"Bad Request"}"#, .refused),
        VerdictRow(400, #"{"code":9499,"msg":"too many request, frequency limit"}"#, .throttled),
        VerdictRow(
            429, #"{"code":99991400,"msg":"request trigger frequency limit"}"#, .throttled(nil), "frequency limit"),
        VerdictRow(
            429, #"{"code":99991400,"msg":"request trigger frequency limit"}"#, .throttled(43), "Feishu",
            headers: ["x-ogw-ratelimit-limit": "100", "x-ogw-ratelimit-reset": "43"]),
        // Older APIs of the platform say the same with another status.
        VerdictRow(
            400, #"{"code":99991400,"msg":"request trigger frequency limit"}"#, .throttled(7.5), "Feishu",
            headers: ["X-Ogw-Ratelimit-Reset": "7.5"]),
        VerdictRow(400, #"{"code":99991400,"msg":""}"#, .throttled),
        VerdictRow(200, #"{"code":99991400,"msg":"request trigger frequency limit"}"#, .throttled),
        VerdictRow(
            200, #"{"code":11232,"msg":"frequency limited"}"#, .throttled(20), headers: ["x-ogw-ratelimit-reset": "20"]),
        VerdictRow(
            400, #"{"code":88001,"msg":"Frequency limit of this tenant"}"#, .throttled(4), "tenant",
            headers: ["x-ogw-ratelimit-reset": "4"]),
        VerdictRow(400, #"{"code":88002,"msg":"content length over the limit"}"#, .refused, "length"),
        // By the status alone: the longer of two waits counts.
        VerdictRow(429, "", .throttled(31), "429", headers: ["x-ogw-ratelimit-reset": "31", "Retry-After": "8"]),
        VerdictRow(
            429, "<html></html>", .throttled(90), headers: ["x-ogw-ratelimit-reset": "31", "Retry-After": "90"]),
        VerdictRow(429, #"{"code":0}"#, .throttled(6), headers: ["x-ogw-ratelimit-reset": "6"]),
        VerdictRow(429, #"{"code":88003,"msg":"x"}"#, .throttled(9), headers: ["x-ogw-ratelimit-reset": "9"]),
        VerdictRow(429, "", .throttled, headers: ["x-ogw-ratelimit-reset": "soon"]),
        VerdictRow(
            200, #"{"code":19001,"msg":"param invalid: incoming webhook access token invalid"}"#, .broken, "webhook URL"
        ),
        VerdictRow(200, #"{"code":19021,"msg":"sign match fail"}"#, .broken, "`secret`"),
        VerdictRow(200, #"{"code":19022,"msg":"Ip Not Allowed"}"#, .broken, "IP"),
        VerdictRow(200, #"{"code":19024,"msg":"Key Words Not Found"}"#, .broken, "`keyword`"),
        VerdictRow(200, #"{"code":10208,"msg":"unsupported msg_type"}"#, .refused),
        VerdictRow(200, #"{"code":19002,"msg":"params error, msg_type need"}"#, .refused),
        VerdictRow(200, #"{"code":200621,"msg":"parse card json err"}"#, .refused),
        VerdictRow(200, #"{"code":77777,"msg":"what"}"#, .tryAgain, "what"),
        VerdictRow(502, #"{"code":0}"#, .tryAgain),
    ]

    @Test(arguments: feishu) func `answers of Feishu and Lark`(row: VerdictRow) { row.check(at: .feishu) }

    static let wecom: [VerdictRow] = [
        VerdictRow(200, #"{"errcode":0,"errmsg":"ok"}"#, .delivered),
        VerdictRow(200, #"{"errmsg":"ok"}"#, .tryAgain, "errcode"),
        VerdictRow(200, #"{"errcode":45009,"errmsg":"api freq out of limit, hint: [1]"}"#, .throttled, "20"),
        VerdictRow(
            200, #"{"errcode":93000,"errmsg":"invalid webhook url, hint: [1], from ip: 203.0.113.7"}"#, .broken, "key"),
        VerdictRow(200, #"{"errcode":93000,"errmsg":"markdown.content exceed max length 4096"}"#, .refused, "too long"),
        VerdictRow(
            200, #"{"errcode":40058,"errmsg":"markdown.content exceed max length 4096. invalid Request"}"#, .refused),
        VerdictRow(200, #"{"errcode":-1,"errmsg":"system busy"}"#, .tryAgain, "busy"),
        VerdictRow(200, #"{"errcode":31337,"errmsg":"what"}"#, .tryAgain, "what"),
        VerdictRow(200, "<html>login</html>", .tryAgain, "errcode"), VerdictRow(500, #"{"errcode":0}"#, .tryAgain),
    ]

    @Test(arguments: wecom) func `answers of WeCom`(row: VerdictRow) { row.check(at: .wecom) }
}
