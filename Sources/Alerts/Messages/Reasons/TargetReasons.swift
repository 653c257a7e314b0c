extension ReasonInChinese {
    /// What `Alerts/Targets` and `Alerts/Delivery` say of a target.
    static let targetReasons: [(english: String, chinese: String)] = [
        // Any service.
        ("this is likely a bug in polarai-daemon; please report it", "这可能是 polarai-daemon 的缺陷，请反馈"),
        ("it refuses every message", "接收方拒绝所有消息，且没有说明原因；请查看接收方的日志"),
        (
            "this host's clock is {time} behind; set it (timedatectl set-ntp true)",
            "监控主机时钟慢了{time}，请校准（timedatectl set-ntp true）"
        ),
        (
            "this host's clock is {time} ahead; set it (timedatectl set-ntp true)",
            "监控主机时钟快了{time}，请校准（timedatectl set-ntp true）"
        ),
        (
            "the answer is a redirect ({status}), which is never followed; set `url` to the final address",
            "响应是重定向（{status}），不会跟随；请把 `url` 改为最终地址"
        ),
        (
            "authentication failed ({status}); check the token, key or secret, and whether this host is allowed to post",
            "认证失败（{status}）；请检查令牌和密钥，以及接收方是否允许监控主机发送（如 IP 白名单）"
        ),
        (
            "the address does not exist ({status}); check `url`, or create a new webhook",
            "地址不存在（{status}）；请检查 `url`，或新建 webhook"
        ),
        ("this address does not accept POST (405); check `url`", "该地址不接受 POST（405）；请检查 `url`"),
        ("the proxy requires a login (407); check `proxy`", "代理要求认证（407）；请检查 `proxy` 的 URL 中的用户名和密码"),
        ("the server did not read the request in time ({status})", "服务器未及时读取请求（{status}）"),
        (
            "the message is larger than this receiver accepts (413); raise its request size limit, or shorten `template` if the target has one",
            "消息超过接收方允许的大小（413）；请调大接收方的请求大小限制，或缩短 `template`（如已设置）"
        ),
        (
            "the message was rejected ({status}); check `template` if the target has one, else see the receiver's own log",
            "消息被拒绝（{status}）；如设置了 `template`，请检查，否则请查看接收方的日志"
        ),
        ("rate limited ({status})", "被限流（{status}）"),
        ("server error ({status})", "服务器错误（{status}）"),
        ("unexpected status {status}", "响应状态码 {status} 不在预期之内"),
        (
            "the answer (status {status}) does not confirm receipt: it lacks {expected}, so the message may not have arrived. Check that `url` leads to the service, not to a proxy or a login page",
            "响应（状态码 {status}）中没有接收方的确认（缺少：{expected}），消息可能未送达；请确认 `url` 指向接收方本身，而不是代理或登录页"
        ),
        ("`url` is missing in the config", "配置中缺少 `url`"),
        ("`url` or `urls` is missing", "缺少 `url` 或 `urls`"),
        ("`url` has no host", "`url` 中没有主机"),
        ("`url` begins with neither smtp:// nor smtps://", "`url` 不以 smtp:// 或 smtps:// 开头"),
        (
            "`topic` is missing: set it, or append it to the server's address in `url`",
            "缺少 `topic`；请设置，或写在 `url` 中服务器地址之后"
        ),
        ("`routing_key` is missing: set it to the service's integration key", "缺少 `routing_key`；请设为服务的集成密钥"),
        ("`token` is missing: set it to the token from @BotFather", "缺少 `token`；请设为 @BotFather 给出的令牌"),
        ("`chat_id` is missing", "缺少 `chat_id`"),
        (
            "the system journal did not take the entry; check systemd-journald and free disk space",
            "系统 journal 没有接受该条目；请检查 systemd-journald 和磁盘剩余空间"
        ),
        ("`url` begins with neither http:// nor https://", "`url` 不以 http:// 或 https:// 开头"),
        ("one of its secrets cannot be read: {fault}", "无法读取该渠道的密钥：{fault}"),
        (
            "the config has no account {account}; check the `account` of this target",
            "配置中没有账号 {account}；请检查该渠道的 `account`"
        ),
        // DingTalk, Feishu, WeCom.
        ("rate limited by Alibaba's gateway", "被阿里巴巴网关限流"),
        ("rate limited by DingTalk: more than 20 messages a minute to this robot", "被钉钉限流：每个机器人每分钟最多 20 条"),
        (
            "DingTalk does not know the access_token; copy the webhook URL from the robot's settings into `url`",
            "access_token 无效；请从机器人设置中复制 webhook 地址到 `url`"
        ),
        ("the group was dissolved; create a robot in another group", "群已解散；请在其他群中新建机器人"),
        ("the robot is stopped; start it in the group's settings", "机器人已停用；请在群设置中启用"),
        ("the robot was deleted; create a new one and set `url`", "机器人已删除；请新建并设置 `url`"),
        ("DingTalk rejected the message as malformed", "钉钉认为消息格式有误而拒绝"),
        (
            "DingTalk rejected the content of the message; check name, labels and log lines of the task for words or links that DingTalk forbids",
            "钉钉拒绝了消息内容；请检查任务名称、标签和日志中是否有不合规的文字或链接"
        ),
        ("the message is too long for DingTalk", "消息超过钉钉的长度限制"),
        ("DingTalk is busy", "钉钉繁忙"),
        ("DingTalk returned an undocumented error", "钉钉返回了文档中没有的错误"),
        (
            "the robot requires a keyword that is not in the message; set `keyword` to one of the robot's keywords",
            "机器人要求的关键词不在消息中；请把 `keyword` 设为机器人的关键词之一"
        ),
        ("the signature is wrong; set `secret` to the robot's secret (SEC…)", "签名有误；请把 `secret` 设为机器人的加签密钥（SEC…）"),
        ("the signature's time is wrong", "签名的时间有误"),
        (
            "this host's clock is more than an hour off: set it (timedatectl set-ntp true)",
            "监控主机时钟偏差超过一小时，请校准（timedatectl set-ntp true）"
        ),
        ("this host's IP address is not on the robot's allow list; add it there", "监控主机 IP 不在机器人的白名单中；请添加"),
        (
            "the robot's security settings rejected the message: check keyword, signature (`secret`), clock and IP allow list",
            "机器人的安全设置拒绝了消息；请检查关键词、签名（`secret`）、时钟和 IP 白名单"
        ),
        ("rate limited by Feishu", "被飞书限流"),
        ("Feishu rejected the message as malformed or too long", "飞书认为消息格式有误或过长而拒绝"),
        (
            "Feishu does not know the bot; copy the webhook URL from the bot's settings into `url`",
            "飞书机器人的地址无效；请从机器人设置中复制 webhook 地址到 `url`"
        ),
        (
            "the signature is wrong, and this host's clock is {time} behind; set it (timedatectl set-ntp true); if that does not help, check `secret`",
            "签名有误，且监控主机时钟慢了{time}；请校准时钟（timedatectl set-ntp true），仍无效再检查 `secret`"
        ),
        (
            "the signature is wrong, and this host's clock is {time} ahead; set it (timedatectl set-ntp true); if that does not help, check `secret`",
            "签名有误，且监控主机时钟快了{time}；请校准时钟（timedatectl set-ntp true），仍无效再检查 `secret`"
        ),
        (
            "the signature is wrong; check `secret` and this host's clock, which must not be more than an hour off",
            "签名有误；请检查 `secret`，以及监控主机的时钟（偏差不得超过一小时）"
        ),
        ("this host's IP address is not on the bot's allow list; add it there", "监控主机 IP 不在机器人的白名单中；请添加"),
        (
            "the bot requires a keyword that is not in the message; set `keyword` to one of the bot's keywords",
            "机器人要求的关键词不在消息中；请把 `keyword` 设为机器人的关键词之一"
        ),
        ("Feishu rejected the message or its card as malformed", "飞书认为消息或卡片格式有误而拒绝"),
        ("Feishu returned an undocumented error", "飞书返回了文档中没有的错误"),
        ("rate limited by WeCom: more than 20 messages a minute to this robot", "被企业微信限流：每个机器人每分钟最多 20 条"),
        ("the message is too long for WeCom", "消息超过企业微信的长度限制"),
        (
            "WeCom does not know the robot's key; copy the webhook URL from the robot's settings into `url`",
            "企业微信机器人的 key 无效；请从机器人设置中复制 webhook 地址到 `url`"
        ),
        ("the robot was removed or may not post here; create a new one and set `url`", "机器人已移除或无权在此发送；请新建并设置 `url`"),
        ("WeCom rejected the message as malformed or too long", "企业微信认为消息格式有误或过长而拒绝"),
        ("WeCom rejected the message as malformed, empty or too long", "企业微信认为消息格式有误、为空或过长而拒绝"),
        ("WeCom is busy", "企业微信繁忙"),
        ("WeCom returned an undocumented error", "企业微信返回了文档中没有的错误"),
        // CloudMonitor and hooks.
        ("CloudMonitor did not confirm that it received the event", "云监控没有确认收到事件"),
        ("rate limited by CloudMonitor", "被云监控限流"),
        (
            "the account's credentials may not do this; allow cms:PutCustomEvent on * in their RAM policy",
            "该账号的凭证无权执行此操作；请在 RAM 策略中授权 cms:PutCustomEvent，Resource 为 \"*\""
        ),
        (
            "Alibaba Cloud rejects the credentials of the target's `account`; check that account's `credentials`",
            "阿里云拒绝了该渠道 `account` 的凭证；请检查该账号的 `credentials`"
        ),
        ("this host's clock is wrong; set it (timedatectl set-ntp true)", "监控主机时钟不准，请校准（timedatectl set-ntp true）"),
        ("CloudMonitor could not handle the call", "云监控未能处理该请求"),
        (
            "the endpoint does not offer CloudMonitor's PutCustomEvent; check `endpoint`",
            "该接入点不提供云监控的 PutCustomEvent；请检查 `endpoint`"
        ),
        (
            "CloudMonitor rejected the event; check `group_id` and `event_name`",
            "云监控拒绝了事件；请检查 `group_id` 和 `event_name`"
        ),
        (
            "the program behind `socket` is not a hooks runner; check `socket`",
            "在 `socket` 上监听的不是 hooks 服务；请检查 `socket`"
        ),
        (
            "{words}; check the hook's `command`, and that the user of the hooks runner may run it",
            "程序无法启动（“{words}”）；请检查 hook 的 `command`，以及 hooks 服务的用户是否有权运行"
        ),
        (
            "the hooks runner does not know this hook; after a change of `hooks`, run `systemctl restart polarai-hooks`",
            "hooks 服务中没有该 hook；修改 `hooks` 后请运行 `systemctl restart polarai-hooks`"
        ),
        (
            "no hooks runner answers at {socket}: start it with `systemctl enable --now polarai-hooks.socket`",
            "hooks 服务（{socket}）没有响应；请运行 `systemctl enable --now polarai-hooks.socket` 启动"
        ),
        ("the hook asks to be run again (exit status 75)", "hook 要求稍后再运行（退出状态 75）"),
        (
            "the hook failed with exit status {number}; `polarai-daemon alerts show` has its output",
            "hook 失败，退出状态 {number}；输出见 `polarai-daemon alerts show ID`（ID 可用 `polarai-daemon alerts list` 查到）"
        ),
        (
            "the hook was ended by signal {number}; `polarai-daemon alerts show` has its output",
            "hook 被信号 {number} 终止；输出见 `polarai-daemon alerts show ID`（ID 可用 `polarai-daemon alerts list` 查到）"
        ),
        (
            "the hook took longer than its `timeout` and was killed; make it faster, or raise `timeout`",
            "hook 运行时间超过其 `timeout`，已终止；请优化该 hook，或调大 `timeout`"
        ),
        (
            "the hooks runner was stopped while it ran the hook; a retry runs the hook again",
            "hooks 服务在运行 hook 时停止；重试会再次运行该 hook"
        ),
        (
            "another hook of the same task is still running, or the limit of running hooks is reached; the alert is retried",
            "同一任务的另一个 hook 仍在运行，或运行中的 hook 已达上限；告警会重试"
        ),
        ("the hooks runner failed", "hooks 服务出错"),
        (
            "the hooks runner at {socket} did not answer in time; the hook may have run, and a retry runs it again",
            "hooks 服务（{socket}）未及时响应；hook 可能已经执行，重试时会再执行一次"
        ),
        (
            "the hooks runner at {socket} ended before it answered; the hook may have run, and a retry runs it again",
            "hooks 服务（{socket}）未响应就已退出；hook 可能已经执行，重试时会再执行一次"
        ),
        (
            "the receiver does not accept CloudEvents (415); check `url`, or remove `format`",
            "接收方不接受 CloudEvents（415）；请检查 `url`，或删除 `format`"
        ),
    ]
}
