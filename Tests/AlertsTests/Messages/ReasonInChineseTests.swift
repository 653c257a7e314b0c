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
            "机器人已停用（接收方返回“机器人已停用”）；请在群设置中启用"
        ),
        (
            "authentication failed (403); check the token, key or secret, and whether this host is allowed to post; this host's clock is 3m behind; set it (timedatectl set-ntp true)",
            "认证失败（403）；请检查令牌和密钥，以及接收方是否允许监控主机发送（如 IP 白名单）；监控主机时钟慢了 3 分钟，请校准（timedatectl set-ntp true）"
        ),
        ("https://hooks.example.com did not answer within 20s", "https://hooks.example.com 在 20 秒内没有响应"),
        (
            "cannot connect to https://192.0.2.7:8443 (Connection refused); check its host and port, and firewalls on the way to it",
            "无法连接 https://192.0.2.7:8443（Connection refused）；请检查主机、端口和中间的防火墙"
        ),
        (
            "the account has an overdue payment (InsufficientBalance); settle it at Alibaba Cloud (the API says: Your account is in arrears (code 7))",
            "账号已欠费（InsufficientBalance；API 返回“Your account is in arrears (code 7)”）；请在阿里云结清"
        ),
        (
            "no credentials from the metadata service (http://192.0.2.1): http://192.0.2.1 did not answer within 5s",
            "无法从元数据服务（http://192.0.2.1）获取凭证：http://192.0.2.1 在 5 秒内没有响应"
        ),
        (
            "the access key of the config cannot be read: the file /k does not exist; a: b (c)",
            "无法读取配置中的 AccessKey：“the file /k does not exist; a: b (c)”"
        ),
        (
            "acs:ram::1234:user/watcher may not call polardb:ListAIDBClusterTask (Forbidden.RAM); grant it in a RAM policy, with Resource \"*\"",
            "acs:ram::1234:user/watcher 无权调用 polardb:ListAIDBClusterTask（Forbidden.RAM）；请在 RAM 策略中授权，Resource 为 \"*\""
        ),
        (
            "Alibaba Cloud does not know the access key from the environment (ALIBABA_CLOUD_ACCESS_KEY_ID) (InvalidAccessKeyId.NotFound); check the access key id",
            "AccessKey（来自环境变量 ALIBABA_CLOUD_ACCESS_KEY_ID，InvalidAccessKeyId.NotFound）不存在；请检查 AccessKey ID"
        ),
        (
            "the security token from profile prod of /root/.aliyun/config.json does not belong to its access key (status 400); use the key id, secret and token that were issued together",
            "STS Token（来自 /root/.aliyun/config.json 中的 profile prod）与 AccessKey 不属于同一组（状态码 400）；请使用同时签发的 AccessKey ID、AccessKey Secret 和 STS Token"
        ),
        (
            "the profile file /home/ops/.aliyun/config.json has \"current\" set to a profile that does not exist; its profiles are: dev, test",
            "profile 文件 /home/ops/.aliyun/config.json 中没有其 \"current\" 指定的 profile；现有：dev, test"
        ),
        (
            "no credentials found; set `credentials` in the config; tried: environment: ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET are not both set; credentials file: HOME is not set; ECS role: no credentials from the metadata service (http://192.0.2.9): no connection to http://192.0.2.9 within 1m30s",
            "未找到凭证；请在配置中设置 `credentials`；已依次尝试：环境变量：未同时设置 ALIBABA_CLOUD_ACCESS_KEY_ID 和 ALIBABA_CLOUD_ACCESS_KEY_SECRET；凭证文件：未设置环境变量 HOME；ECS 实例角色：无法从元数据服务（http://192.0.2.9）获取凭证：1 分钟 30 秒内未能连接 http://192.0.2.9"
        ),
        (
            "STS (sts.cn-beijing.aliyuncs.com) refused AssumeRole with credentials from the config (NoPermission): You are not authorized; no; check the role's ARN, its trust policy, and the credentials used to assume it",
            "STS（sts.cn-beijing.aliyuncs.com）拒绝了 AssumeRole（凭证来自配置，NoPermission；STS 返回“You are not authorized; no”）；请检查角色 ARN、信任策略，以及扮演该角色所用的凭证"
        ),
        (
            "https://polardb.cn-beijing.aliyuncs.com answered the call for pm-7 in cn-beijing with neither an id nor a status; if this lasts, check endpoint and proxy",
            "https://polardb.cn-beijing.aliyuncs.com 对 pm-7（cn-beijing）的响应无效：没有 ID 和状态；如持续出现，请检查 endpoint 和代理"
        ),
        (
            "the API rejects the parameters of DescribeX for pm-8 (InvalidParameter); check id and region (the API says: odd)",
            "API 拒绝 DescribeX（pm-8，InvalidParameter）的参数（API 返回“odd”）；请检查 ID 和地域"
        ),
        (
            "the API refused DescribeX for pm-8 (Odd.Code) (the API says: Something; else)",
            "API 拒绝了 DescribeX（pm-8，Odd.Code；API 返回“Something; else”）"
        ),
        (
            "not delivered within 2d, because target ops was suspended (the robot is stopped; start it in the group's settings (stopped))",
            "2 天内未送达：期间告警渠道 ops 不可用（机器人已停用（接收方返回“stopped”）；请在群设置中启用）"
        ),
        ("not delivered within 36h (odd words)", "1 天 12 小时内未送达（“odd words”）"),
        (
            "target removed: the config no longer names ops, and the last attempt of this alert failed (https://192.0.2.1 did not answer within 10s); add it again, reload, and run `polarai-daemon alerts retry --target ops`",
            "配置中已没有告警渠道 ops，且本告警最后一次发送失败（https://192.0.2.1 在 10 秒内没有响应）；如仍需要，请加回配置，reload 后运行 `polarai-daemon alerts retry --target ops` 重发"
        ),
        (
            "no connection to https://192.0.2.1: this process has no file descriptors left (limit 1024); raise LimitNOFILE= of the unit",
            "无法连接 https://192.0.2.1：守护进程的文件描述符已用完（上限 1024）；请调大 systemd 单元的 LimitNOFILE="
        ),
        (
            "refused for a@example.com: 550 5.1.1 unknown; the other recipients have the mail. Correct the address in `to`, run `polarai-daemon reload`, then `polarai-daemon alerts retry ID`: only the corrected address gets the mail",
            "部分收件人被拒绝（“a@example.com: 550 5.1.1 unknown”），其他收件人已收到；请更正 `to` 中的地址，运行 `polarai-daemon reload`，再运行 `polarai-daemon alerts retry ID`，只会重发给更正后的地址"
        ),
        (
            "the secret of the access key of the config contains a space; enter it again",
            "AccessKey Secret 有误（配置：含有空格）；请重新填写"
        ),
        (
            "the metadata service (http://192.0.2.9) refused to give the role's credentials (status 404); check that the role is attached to this instance, and that no proxy or firewall answers in place of the metadata service",
            "元数据服务（http://192.0.2.9）拒绝返回角色的凭证（状态码 404）；请检查角色是否已绑定到监控主机（ECS 实例），以及是否有代理或防火墙代替元数据服务响应"
        ),
        (
            "smtp://192.0.2.3 did not greet within 30s; if this port begins with TLS, write smtps:// in `url`",
            "smtp://192.0.2.3 在 30 秒内没有发来欢迎信息；如该端口直接使用 TLS，请在 `url` 中写 smtps://"
        ),
        (
            "the OIDC token file /run/pod/token is longer than the 20000 bytes that STS takes",
            "OIDC 令牌文件 /run/pod/token 超过 STS 允许的 20000 字节"
        ),
        (
            "not yet accepted for a@example.com: 451 later; b@example.com: 452 full; the other recipients have the mail",
            "部分收件人暂未被接受（“a@example.com: 451 later; b@example.com: 452 full”）；其他收件人已收到"
        ),
        (
            "the request to https://192.0.2.1 failed (Out of memory)",
            "对 https://192.0.2.1 的请求失败（错误信息：“Out of memory”）"
        ),
        (
            "the answer (status 200) does not confirm receipt: it lacks an `errcode`, so the message may not have arrived. Check that `url` leads to the service, not to a proxy or a login page (<html>)",
            "响应（状态码 200）中没有接收方的确认（缺少：`errcode`），消息可能未送达（接收方返回“<html>”）；请确认 `url` 指向接收方本身，而不是代理或登录页"
        ),
        (
            "not sent: the problem was already over when the hold ended (the task is not overdue any more)",
            "未发送：暂缓结束时，该任务已不属于“运行时间过长”"
        ),
        (
            "not sent: the problem was already over when the hold ended (stall_ended, k3v9x2ab-31)",
            "未发送：暂缓结束时，该问题已结束或被后续事件取代（停滞已解除，见 k3v9x2ab-31）"
        ),
        (
            "not sent: this alert reports the end of k3v9x2ab-12 (poll_failing), and the alert about k3v9x2ab-12 was never sent",
            "未发送：本告警是状态查询失败（k3v9x2ab-12）的恢复通知，而那条告警没有发送过，因此不必通知恢复"
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
        let words = String(repeating: "https://x closed; a (b: ", count: 60)
        let clock = ContinuousClock()
        let time = clock.measure {
            _ = ReasonInChinese.text(words)
            _ = ReasonInChinese.text("\(words) did not answer within 5s)")
        }
        #expect(time < .seconds(20))
    }

    /// The texts of the sources, as docs/messages has them: what is filled in stands in braces.
    @Test func `each translation is of a text that is still in the sources`() throws {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        var lines: [String] = []
        for name in ["alerts", "api", "config", "daemon", "database"] {
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
        for (english, chinese) in ReasonInChinese.all + FilledIn.phrases {
            let names = Set(english.matches(of: /\{(\w+)\}/).map(\.output.1))
            let used = Set(chinese.matches(of: /\{(\w+)\}/).map(\.output.1))
            #expect(used.isSubset(of: names), "\(chinese)")
        }
    }
}
