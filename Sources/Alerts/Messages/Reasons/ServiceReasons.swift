extension ReasonInChinese {
    /// What `Alerts/Targets` says of the other services.
    static let serviceReasons: [(english: String, chinese: String)] = [
        ("rate limited by Slack", "被 Slack 限流"),
        (
            "Slack does not know the webhook; copy the webhook URL from the app's settings into `url`",
            "Slack webhook 无效；请从应用设置中复制 webhook 地址到 `url`"
        ),
        (
            "the webhook was removed or disabled in Slack ({word}); create a new one and set `url`",
            "该 webhook 已在 Slack 中移除或停用（{word}）；请新建并设置 `url`"
        ),
        ("Slack rejected the message as malformed", "Slack 认为消息格式有误而拒绝"),
        ("rate limited by Telegram", "被 Telegram 限流"),
        (
            "Telegram does not know the bot; set `token` to the token from @BotFather",
            "Telegram 机器人的令牌无效；请把 `token` 设为 @BotFather 给出的令牌"
        ),
        ("the bot may not write to this chat; add it to the chat again", "机器人无权在该会话发言；请重新把它加入会话"),
        (
            "the chat does not exist or the bot is not a member; check `chat_id` and `thread_id`",
            "会话不存在，或机器人不在其中；请检查 `chat_id` 和 `thread_id`"
        ),
        (
            "the bot may not post in this chat; give it that right (in a channel: make the bot an administrator that may post messages)",
            "机器人无权在该会话发言；请授予其发言权限（在频道中须设为管理员，并允许发布消息）"
        ),
        ("Telegram rejected the message as malformed", "Telegram 认为消息格式有误而拒绝"),
        ("Telegram reports an internal error", "Telegram 内部错误"),
        (
            "the webhook's channel was deleted or archived ({word}); create a webhook for another channel",
            "该 webhook 的频道已删除或归档（{word}）；请为其他频道新建 webhook"
        ),
        (
            "a Slack administrator does not allow this webhook to post ({word}); ask an administrator to allow it",
            "Slack 管理员不允许该 webhook 发送（{word}）；请联系管理员放行"
        ),
        ("the group became a supergroup; set `chat_id` to {chat}", "群已升级为超级群；请把 `chat_id` 设为 {chat}"),
        ("rate limited by Discord ({status})", "被 Discord 限流（{status}）"),
        (
            "the webhook was deleted or its token is wrong ({status}); create a new one and set `url`",
            "该 webhook 已删除，或其令牌有误（{status}）；请新建并设置 `url`"
        ),
        (
            "this webhook belongs to a forum channel; append `?thread_id=` and the id of a post to `url`, or use a text channel",
            "该 webhook 属于论坛频道；请在 `url` 末尾加上 `?thread_id=` 和帖子 ID，或改用文字频道的 webhook"
        ),
        ("Discord rejected the message as malformed", "Discord 认为消息格式有误而拒绝"),
        ("rate limited by Google Chat", "被 Google Chat 限流"),
        (
            "Google Chat rejected the key or token; copy the webhook URL from the space's settings into `url`",
            "Google Chat 拒绝了 key 或令牌；请从聊天室设置中复制 webhook 地址到 `url`"
        ),
        (
            "Google Chat rejected the key; copy the webhook URL from the space's settings into `url`",
            "Google Chat 拒绝了 key；请从聊天室设置中复制 webhook 地址到 `url`"
        ),
        (
            "the webhook or its space no longer exists; create a new one and set `url`",
            "该 webhook 或其聊天室已不存在；请新建并设置 `url`"
        ),
        ("Google Chat rejected the message as malformed or too long", "Google Chat 认为消息格式有误或过长而拒绝"),
        ("incoming webhooks are turned off on this server; ask its administrator", "该服务器已关闭传入 webhook；请联系其管理员"),
        (
            "the webhook or its channel does not exist or is not allowed; check `url`",
            "该 webhook 或频道不存在，或无权使用；请检查 `url`"
        ),
        ("Mattermost rejected the message as malformed or too long", "Mattermost 认为消息格式有误或过长而拒绝"),
        ("the daily quota of the ntfy server is used up", "ntfy 服务器的当日配额已用完"),
        (
            "too many failed logins from this host; check `token`",
            "ntfy 服务器因认证失败次数过多而拒绝监控主机的请求；请检查 `token`"
        ),
        ("rate limited by the ntfy server", "被 ntfy 服务器限流"),
        ("this token may not publish to this topic; check `token` and `topic`", "该令牌无权向该主题发布；请检查 `token` 和 `topic`"),
        (
            "the server does not know the topic or the address; check `topic` and `url`",
            "ntfy 服务器上没有该主题或地址；请检查 `topic` 和 `url`"
        ),
        (
            "the message is too large for the ntfy server; raise its `message-size-limit`",
            "消息超过 ntfy 服务器允许的大小；请调大其 `message-size-limit`"
        ),
        (
            "PagerDuty does not know the routing key; set `routing_key` to the service's integration key",
            "routing key 无效；请把 `routing_key` 设为服务的集成密钥"
        ),
        ("PagerDuty rejected the event as malformed", "PagerDuty 认为事件格式有误而拒绝"),
        ("rate limited by PagerDuty", "被 PagerDuty 限流"),
        ("Alertmanager rejected the alert as invalid", "Alertmanager 认为告警无效而拒绝"),
        (
            "this address has no Alertmanager API v2 (404); set `url` to its base address",
            "该地址没有 Alertmanager API v2（404）；请把 `url` 设为其根地址"
        ),
        (
            "the flow is turned off; turn it on in Power Automate (its owner may have left)",
            "Power Automate 工作流已关闭；请开启（其所有者可能已离职）"
        ),
        (
            "the flow rejected the address ({status}); copy the whole webhook URL, including `sig`, from the flow into `url`",
            "Power Automate 工作流拒绝了该地址（{status}）；请从工作流中复制完整的 webhook 地址（含 `sig`）到 `url`"
        ),
        (
            "the flow was deleted (its owner may have left); create a new one and set `url`",
            "Power Automate 工作流已删除（其所有者可能已离职）；请新建并设置 `url`"
        ),
        (
            "the answer (status {status}) does not confirm receipt, so the alert may not have arrived. Check that `url` leads to Alertmanager, not to a proxy or a login page",
            "响应（状态码 {status}）中没有接收方的确认，告警可能未送达；请确认 `url` 指向 Alertmanager，而不是代理或登录页"
        ),
        ("rate limited by Teams", "被 Teams 限流"),
        (
            "Teams answered {status}, but reports an error in the body; connectors (webhook.office.com) are retired: create a workflow in Teams and set `url` to its webhook URL",
            "Teams 返回状态码 {status}，但正文是错误信息；webhook.office.com 连接器已停用，请在 Teams 中新建 Power Automate 工作流，并把 `url` 设为其 webhook 地址"
        ),
    ]
}
