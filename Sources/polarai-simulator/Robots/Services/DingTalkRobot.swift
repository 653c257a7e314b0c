import Crypto
import Foundation
import Model

/// A custom robot of a DingTalk group: `/robot/dingtalk/robot/send?access_token=…` (DingTalk Open Platform, "Custom
/// robot access"). Every answer has status 200; the verdict is in the body.
struct DingTalkRobot: Robot {
    static let service = "dingtalk"
    /// 20 a minute; who exceeds it is shut out for ten.
    static let rates = [RobotRate(count: 20, per: .seconds(60), penalty: .seconds(600))]
    /// In bytes, of the whole request.
    private static let longest = 20_000
    /// How far the signature's time may be off.
    private static let tolerance = Duration.seconds(3600)

    static let failures: [String: @Sendable (Duration) -> ServerReply] = [
        "unknown_token": { _ in error(300_005, "token is not exist") },
        "unknown_token_300001": { _ in error(300_001, "token is not exist") },
        "unknown_token_400101": { _ in error(400_101, "access_token不存在") },
        "throttled": { _ in error(130_101, "send too fast, exceed 20 times per minute") },
        "throttled_410100": { _ in error(410_100, "发送速度太快而限流") },
        "throttled_90030": { _ in error(90_030, "您的服务调用过于频繁，请稍后再试") },
        // Alibaba's gateway in front of the robots: no errcode at all.
        "gateway": { wait in
            .json(
                .object([
                    "status": .integer(1111), "wait": .integer(Int64(CommonFailures.seconds(wait)) ?? 5),
                    "source": "x5", "punish": "deny", "uuid": "7d4e21c5a6b0",
                ]))
        },
        "keyword": { _ in
            error(310_000, "description:关键词不匹配;solution:请联系群管理员查看此机器人的关键词，并在发送的信息中包含此关键词;link:请参考本接口对应文档")
        },
        "keyword_english": { _ in error(310_000, "keywords not in content") },
        "sign": { _ in
            error(310_000, "description:机器人发送签名不匹配;solution:请确认签名和生成签名的时间戳必须都放在调用的网址中，请确认机器人的密钥加密和填写正确;link:请参考本接口对应文档")
        },
        "sign_english": { _ in error(310_000, "sign not match") },
        "timestamp": { _ in
            error(310_000, "description:机器人发送签名过期;solution:签名生成时间和发送时间请保持在 timestampms 以内;link:请参考本接口对应文档")
        },
        "timestamp_english": { _ in error(310_000, "invalid timestamp") },
        "ip": { _ in error(310_000, "description:来源ip不在白名单内;solution:请检查来源ip是否在机器人的ip白名单内;link:请参考本接口对应文档") },
        "ip_english": { _ in error(310_000, "ip 203.0.113.9 not in whitelist") },
        "dissolved": { _ in error(400_013, "群已被解散") },
        "stopped": { _ in error(400_102, "机器人已停用") },
        "deleted": { _ in error(400_106, "机器人不存在") },
        "malformed": { _ in error(40_035, "缺少参数 json") },
        "content_type": { _ in error(43_004, "无效的HTTP HEADER Content-Type") },
        "parameter": { _ in error(400_105, "不支持的消息类型") },
        "too_long": { _ in error(460_101, "message too long, exceed 20000 bytes") },
        "busy": { _ in error(-1, "系统繁忙") },
    ]

    func token(of call: RobotCall) -> String? {
        call.path == ["robot", "send"] ? call.parameter("access_token") : nil
    }

    func inspect(_ call: RobotCall) throws(RobotRefusal) {
        try Demands(failure: "content_type").require(call.isDeclaredJSON, "Content-Type is not application/json")
        let malformed = Demands(failure: "malformed")
        let json = try malformed.require(call.json, "the body is not JSON")
        try checkSignature(call)
        let text = try content(of: json)
        if let keyword = call.script.keyword, !text.contains(keyword) {
            throw RobotRefusal("keyword", "neither title nor text contains \(keyword)")
        }
        try checkMentions(json["at"], text: text, malformed)
        guard call.call.body.count <= Self.longest else {
            throw RobotRefusal("too_long", "\(call.call.body.count) bytes")
        }
    }

    func accept(_ call: RobotCall) -> ServerReply {
        Self.error(0, "ok")
    }

    private func checkSignature(_ call: RobotCall) throws(RobotRefusal) {
        guard let secret = call.script.secret else { return }
        guard let sign = call.parameter("sign"), let text = call.parameter("timestamp") else {
            throw RobotRefusal("sign", "timestamp and sign belong into the address")
        }
        guard let milliseconds = Int64(text), text.utf8.count == 13 else {
            throw RobotRefusal("timestamp", "timestamp is not in milliseconds")
        }
        let distance = call.now.since(Timestamp(milliseconds: milliseconds))
        guard distance <= Self.tolerance, distance >= .zero - Self.tolerance else {
            throw RobotRefusal("timestamp", "more than an hour off")
        }
        // Decoded once: what was encoded twice, or not at all, is another text now.
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(text)\n\(secret)".utf8), using: SymmetricKey(data: Array(secret.utf8)))
        guard sign == Data(code).base64EncodedString() else { throw RobotRefusal("sign", "another signature") }
    }

    /// All text that is looked through for keywords.
    private func content(of json: JSONValue) throws(RobotRefusal) -> String {
        let demands = Demands(failure: "malformed")
        switch json["msgtype"]?.stringValue {
        case "text":
            return try demands.require(json["text"]?["content"]?.text, "text.content is missing")
        case "markdown":
            let title = try demands.require(json["markdown"]?["title"]?.text, "markdown.title is missing")
            return title + "\n" + (try demands.require(json["markdown"]?["text"]?.text, "markdown.text is missing"))
        case "actionCard":
            let card = json["actionCard"]
            let title = try demands.require(card?["title"]?.text, "actionCard.title is missing")
            let text = try demands.require(card?["text"]?.text, "actionCard.text is missing")
            let hasButton = card?["singleTitle"]?.text != nil && card?["singleURL"]?.text != nil
            try demands.require(hasButton || card?["btns"]?.arrayValue?.isEmpty == false, "the card has no button")
            return title + "\n" + text
        case "link":
            let fields = ["title", "text", "messageUrl"].compactMap { json["link"]?[$0]?.text }
            try demands.require(fields.count == 3, "link lacks title, text or messageUrl")
            return fields.joined(separator: "\n")
        default:
            throw RobotRefusal("parameter", "unknown msgtype")
        }
    }

    /// Who is called must be in the text, too, or the service calls nobody.
    private func checkMentions(_ at: JSONValue?, text: String, _ demands: Demands) throws(RobotRefusal) {
        guard let at, !at.isNull else { return }
        for key in ["atMobiles", "atUserIds"] {
            guard let value = at[key] else { continue }
            for name in try demands.require(value.texts, "at.\(key) is not a list of texts")
            where !text.contains("@" + name) {
                throw RobotRefusal("malformed", "@\(name) is in at.\(key), but not in the text")
            }
        }
        if let everybody = at["isAtAll"] { try demands.require(everybody.flag != nil, "at.isAtAll is not a boolean") }
    }

    private static func error(_ code: Int64, _ message: String) -> ServerReply {
        .json(.object(["errcode": .integer(code), "errmsg": .string(message)]))
    }
}
