import Model

/// A group robot of WeCom: `/robot/wecom/cgi-bin/webhook/send?key=…` (WeCom Developer Center, "Group robot
/// configuration"). Every answer has status 200; the verdict is in the body.
struct WeComRobot: Robot {
    static let service = "wecom"
    static let rates = [RobotRate(count: 20, per: .seconds(60))]
    /// In bytes.
    private static let longestMarkdown = 4096
    private static let longestText = 2048

    static let failures: [String: @Sendable (Duration) -> ServerReply] = [
        "unknown_token": { _ in error(93_000, "invalid webhook url") },
        "throttled": { _ in error(45_009, "api freq out of limit") },
        "too_long": { _ in error(40_058, "markdown.content exceed max length 4096. invalid Request Parameter") },
        "too_long_93000": { _ in error(93_000, "markdown.content exceed max length 4096") },
        "malformed": { _ in error(40_058, "invalid Request Parameter") },
        "not_json": { _ in error(47_001, "data format error") },
        "unsupported": { _ in error(40_008, "invalid message type") },
        "busy": { _ in error(-1, "system busy") },
    ]

    func token(of call: RobotCall) -> String? {
        call.path == ["cgi-bin", "webhook", "send"] ? call.parameter("key") : nil
    }

    func inspect(_ call: RobotCall) throws(RobotRefusal) {
        let malformed = Demands(failure: "malformed")
        let json = try Demands(failure: "not_json").require(call.json, "the body is not JSON")
        switch json["msgtype"]?.stringValue {
        case "text":
            let text = try malformed.require(json["text"]?["content"]?.text, "text.content is missing")
            try checkLength(text, Self.longestText)
            for key in ["mentioned_list", "mentioned_mobile_list"] {
                guard let list = json["text"]?[key] else { continue }
                try malformed.require(list.texts != nil, "text.\(key) is not a list of texts")
            }
        case "markdown":
            let text = try malformed.require(json["markdown"]?["content"]?.text, "markdown.content is missing")
            try checkLength(text, Self.longestMarkdown)
            try malformed.require(json["markdown"]?["mentioned_list"] == nil, "markdown takes no mentioned_list")
        case "template_card":
            try malformed.require(
                json["template_card"]?["card_type"]?.text != nil, "template_card.card_type is missing")
            try malformed.require(
                json["template_card"]?["main_title"]?["title"]?.text != nil, "template_card.main_title is missing")
            try malformed.require(
                json["template_card"]?["card_action"]?["type"]?.integer != nil, "template_card.card_action is missing")
        default:
            throw RobotRefusal("unsupported", "unknown msgtype")
        }
    }

    func accept(_ call: RobotCall) -> ServerReply {
        .json(.object(["errcode": .integer(0), "errmsg": "ok"]))
    }

    private func checkLength(_ text: String, _ limit: Int) throws(RobotRefusal) {
        guard text.utf8.count <= limit else {
            throw RobotRefusal("too_long", "\(text.utf8.count) bytes, more than \(limit)")
        }
    }

    private static func error(_ code: Int64, _ message: String) -> ServerReply {
        let help =
            "hint: [1700000000123456789012345], from ip: 203.0.113.9, "
            + "more info at https://open.work.weixin.qq.com/devtool/query?e=\(code)"
        return .json(.object(["errcode": .integer(code), "errmsg": .string("\(message), \(help)")]))
    }
}
