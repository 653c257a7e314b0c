import Foundation
import Model
import Testing

@testable import Alerts

/// A reason is stored in English; a Chinese message gives it in Chinese, and quotes what the service said.
struct ReasonInChineseTests {
    @Test(arguments: [
        ("the robot is stopped; start it in the group's settings", "机器人已停用；请在群设置中启用"),
        (
            "the robot is stopped; start it in the group's settings (机器人已停用)",
            "机器人已停用；请在群设置中启用（返回：“机器人已停用”）"
        ),
        (
            "authentication failed (403); check the token, key or secret, and whether this host is allowed to post; this host's clock is 3m behind; set it (timedatectl set-ntp true)",
            "认证失败（403）；请检查令牌、密钥，以及监控主机是否允许发送；监控主机时钟慢了 3 分钟，请校准（timedatectl set-ntp true）"
        ),
        ("https://hooks.example.com did not answer within 20s", "https://hooks.example.com 在 20 秒内没有响应"),
        (
            "cannot connect to https://192.0.2.7:8443 (Connection refused); check its host and port, and firewalls on the way to it",
            "无法连接 https://192.0.2.7:8443 (Connection refused)；请检查主机、端口和中间的防火墙"
        ),
        (
            "the account has an overdue payment (InsufficientBalance); settle it at Alibaba Cloud: Your account is in arrears (code 7)",
            "账号已欠费 (InsufficientBalance)；请在阿里云结清（返回：“Your account is in arrears (code 7)”）"
        ),
        (
            "no credentials from the metadata service (http://192.0.2.1): http://192.0.2.1 did not answer within 5s",
            "无法获取凭证（来自元数据服务（http://192.0.2.1））：http://192.0.2.1 在 5 秒内没有响应"
        ),
        (
            "the access_key of the config cannot be read: the file /k does not exist; a: b (c)",
            "凭证（来自配置的 access_key）无法读取：“the file /k does not exist; a: b (c)”"
        ),
        (
            "acs:ram::1234:user/watcher may not call polardb:ListAIDBClusterTask (Forbidden.RAM); grant it in a RAM policy, with Resource \"*\"",
            "acs:ram::1234:user/watcher 无权调用 polardb:ListAIDBClusterTask (Forbidden.RAM)；请在 RAM 策略中授权，Resource 为 \"*\""
        ),
    ])
    func `one of ours is translated, with what is filled in`(english: String, chinese: String) {
        #expect(ReasonInChinese.text(english) == chinese)
    }

    @Test(arguments: [
        "", "Bad Request", "the robot is stopped", "what? the robot is stopped; start it in the group's settings",
        "odd: http://192.0.2.1 did not answer within 5s",
        "; ; ; ; ; ; ; ; ; ;", "x (", "): : :",
    ])
    func `any other is not, and is quoted as a whole`(reason: String) {
        #expect(ReasonInChinese.text(reason) == nil)
        guard !reason.isEmpty else { return }
        var event = Event(kind: .pollFailing, account: "default", region: "cn-beijing", observedAt: Sample.now)
        event.detail = reason
        #expect(Chinese().sentence(of: event).contains("原因：“\(reason)”"))
    }

    @Test func `a long text of a service takes no long time`() {
        let words = String(repeating: "https://x closed; a (b: ", count: 150)
        let clock = ContinuousClock()
        let time = clock.measure {
            _ = ReasonInChinese.text(words)
            _ = ReasonInChinese.text("\(words) did not answer within 5s)")
        }
        #expect(time < .seconds(60))
    }

    /// The texts of the sources, as docs/messages has them: what is filled in stands in braces.
    @Test func `each translation is of a text that is still in the sources`() throws {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        var lines: [String] = []
        for name in ["alerts", "api", "daemon", "database"] {
            let text = try String(contentsOfFile: "/\(root)/docs/messages/\(name).txt", encoding: .utf8)
            for section in text.split(separator: "\n\n") where !section.contains("Messages/Reasons/") {
                lines += section.split(separator: "\n").map(String.init)
            }
        }
        #expect(lines.count > 500)
        for translation in ReasonInChinese.translations {
            let fragments = translation.english.split(separator: #/\{\w+\}|; (?:or )?|: |\. |\)?, and | \(/#).map(
                \.trimmed)
            // A text of fewer words is not on the pages.
            for fragment in fragments where fragment.count(where: { $0 == " " }) > 1 {
                #expect(
                    lines.contains { $0.contains(fragment) }, "\"\(fragment)\" of \"\(translation.english)\" is gone")
            }
        }
    }

    @Test func `both languages fill in the same`() {
        for (english, chinese) in ReasonInChinese.targetReasons + ReasonInChinese.serviceReasons
            + ReasonInChinese.mailReasons + ReasonInChinese.apiReasons + ReasonInChinese.credentialReasons
            + ReasonInChinese.connectionReasons
        {
            let names = Set(english.matches(of: /\{(\w+)\}/).map(\.output.1))
            let used = Set(chinese.matches(of: /\{(\w+)\}/).map(\.output.1))
            #expect(used.isSubset(of: names), "\(chinese)")
        }
    }
}
