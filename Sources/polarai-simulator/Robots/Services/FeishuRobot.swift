import Crypto
import Foundation
import Model

/// A custom bot of a Feishu or Lark group: `/robot/feishu/open-apis/bot/v2/hook/TOKEN` (Feishu Open Platform, "Custom
/// bot usage guide").
struct FeishuRobot: Robot {
    static let service = "feishu"
    static let rates = [RobotRate(count: 100, per: .seconds(60)), RobotRate(count: 5, per: .seconds(1))]
    /// In bytes, of the whole request.
    private static let longest = 20 * 1024
    private static let tolerance = Duration.seconds(3600)
    private static let colours: Set<String> = [
        "blue", "wathet", "turquoise", "green", "yellow", "orange", "red", "carmine", "violet", "purple", "indigo",
        "grey", "default",
    ]

    static let failures: [String: @Sendable (Duration) -> ServerReply] = [
        "unknown_token": { _ in error(19_001, "param invalid: incoming webhook access token invalid") },
        "throttled": { _ in
            error(11_232, "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]")
        },
        "throttled_9499": { _ in error(9499, "too many request, frequency limit exceeded", status: 400) },
        "throttled_429": { wait in
            error(99_991_400, "request trigger frequency limit", status: 429)
                .with(header: "x-ogw-ratelimit-limit", "5")
                .with(header: "x-ogw-ratelimit-reset", CommonFailures.seconds(wait))
        },
        "bad_request": { _ in error(9499, "Bad Request", status: 400) },
        "sign": { _ in error(19_021, "sign match fail or timestamp is not within one hour from current time") },
        "ip": { _ in error(19_022, "Ip Not Allowed") },
        "keyword": { _ in error(19_024, "Key Words Not Found") },
        "msg_type": { _ in error(19_002, "params error, msg_type need") },
        "unsupported": { _ in error(10_208, "unsupported msg_type") },
        "card": { _ in error(200_621, "parse card json err, please check whether the card json is correct") },
        // A legacy gateway's success, and one that proves nothing.
        "legacy_ok": { _ in .json(.object(["StatusCode": .integer(0), "StatusMessage": "success"])) },
        "no_code": { _ in .json(.object(["msg": "success"])) },
    ]

    func token(of call: RobotCall) -> String? {
        call.path.count == 5 && Array(call.path.prefix(4)) == ["open-apis", "bot", "v2", "hook"] ? call.path[4] : nil
    }

    func inspect(_ call: RobotCall) throws(RobotRefusal) {
        let malformed = Demands(failure: "bad_request")
        try malformed.require(call.isDeclaredJSON, "Content-Type is not application/json")
        let json = try malformed.require(call.json, "the body is not JSON")
        try malformed.require(call.call.body.count <= Self.longest, "\(call.call.body.count) bytes")
        try checkSignature(json, call)
        let text: String
        switch json["msg_type"]?.stringValue {
        case "text":
            text = try malformed.require(json["content"]?["text"]?.text, "content.text is missing")
        case "interactive":
            text = try card(json["card"])
        case nil:
            throw RobotRefusal("msg_type", "msg_type is missing")
        default:
            throw RobotRefusal("unsupported", "unknown msg_type")
        }
        if let keyword = call.script.keyword, !text.contains(keyword) {
            throw RobotRefusal("keyword", "no text contains \(keyword)")
        }
    }

    func accept(_ call: RobotCall) -> ServerReply {
        .json(
            .object([
                "StatusCode": .integer(0), "StatusMessage": "success", "code": .integer(0), "data": .object([:]),
                "msg": "success",
            ]))
    }

    /// The text that others sign is the key here, and nothing is signed.
    private func checkSignature(_ json: JSONValue, _ call: RobotCall) throws(RobotRefusal) {
        guard let secret = call.script.secret else { return }
        let demands = Demands(failure: "sign")
        let text = try demands.require(json["timestamp"]?.stringValue, "timestamp belongs into the body, as a text")
        let sign = try demands.require(json["sign"]?.stringValue, "sign belongs into the body")
        let seconds = try demands.require(text.utf8.count == 10 ? Int64(text) : nil, "timestamp is not in seconds")
        let distance = call.now.since(Timestamp(milliseconds: seconds * 1000))
        try demands.require(
            distance <= Self.tolerance && distance >= .zero - Self.tolerance, "timestamp is more than an hour off")
        let key = SymmetricKey(data: Array("\(text)\n\(secret)".utf8))
        let right = Data(HMAC<SHA256>.authenticationCode(for: [UInt8](), using: key)).base64EncodedString()
        try demands.require(sign == right, "another signature")
    }

    /// - Returns: all text of the card.
    private func card(_ card: JSONValue?) throws(RobotRefusal) -> String {
        let demands = Demands(failure: "card")
        let card = try demands.require(card, "card is missing")
        try demands.keys(card, ["config", "header", "elements", "i18n_elements", "card_link"], "card")
        var texts: [String] = []
        if let header = card["header"] {
            try demands.require(header["title"]?["tag"]?.stringValue == "plain_text", "header.title is not plain_text")
            texts.append(try demands.require(header["title"]?["content"]?.text, "header.title.content is missing"))
            if let colour = header["template"]?.stringValue {
                try demands.require(Self.colours.contains(colour), "no colour \(colour)")
            }
        }
        let elements = try demands.require(card["elements"]?.arrayValue, "elements is missing")
        try demands.require(!elements.isEmpty, "elements is empty")
        for element in elements { texts += try self.texts(of: element, demands) }
        return texts.joined(separator: "\n")
    }

    private func texts(of element: JSONValue, _ demands: Demands) throws(RobotRefusal) -> [String] {
        switch element["tag"]?.stringValue {
        case "div":
            let blocks =
                [element["text"]].compactMap { $0 } + (element["fields"]?.arrayValue?.compactMap { $0["text"] } ?? [])
            try demands.require(!blocks.isEmpty, "a div has neither text nor fields")
            var texts: [String] = []
            for block in blocks {
                try demands.require(
                    ["lark_md", "plain_text"].contains(block["tag"]?.stringValue ?? ""), "a div's text has no known tag"
                )
                texts.append(try demands.require(block["content"]?.text, "a div's text is empty"))
            }
            return texts
        case "markdown":
            return [try demands.require(element["content"]?.text, "a markdown element is empty")]
        case "hr":
            return []
        case "note":
            return try demands.require(element["elements"]?.arrayValue, "a note is empty").compactMap {
                $0["content"]?.text
            }
        case "action":
            for button in try demands.require(element["actions"]?.arrayValue, "an action has no actions") {
                try demands.require(
                    button["tag"]?.stringValue == "button" && button["text"]?["content"]?.text != nil,
                    "an action is not a button with a text")
            }
            return []
        default:
            throw RobotRefusal("card", "an element has no known tag")
        }
    }

    private static func error(_ code: Int64, _ message: String, status: Int = 200) -> ServerReply {
        .json(.object(["code": .integer(code), "msg": .string(message), "data": .object([:])]), status: status)
    }
}
