extension ReasonInChinese {
    /// What `Alerts/Outbox` and `Store` note of alerts that were not delivered or not sent.
    static let outboxReasons: [(english: String, chinese: String)] = [
        (
            "target removed: the config no longer names {name}, and the last attempt of this alert failed ({cause}); add it again, reload, and run {command}",
            "配置中已没有告警渠道 {name}，且本告警最后一次发送失败（{cause}）；如仍需要，请加回配置，reload 后运行 {command} 重发"
        ),
        (
            "target removed: the config no longer names {name}; add it again, reload, and run {command}",
            "配置中已没有告警渠道 {name}；如仍需要，请加回配置，reload 后运行 {command} 重发"
        ),
        ("no reason was given", "没有说明原因"),
        (
            "not delivered within {time}, because target {name} was suspended ({cause})",
            "{time}内未送达：期间告警渠道 {name} 不可用（{cause}）"
        ),
        ("not delivered within {time}, because target {name} was suspended", "{time}内未送达：期间告警渠道 {name} 不可用"),
        ("not delivered within {time} ({cause})", "{time}内未送达（{cause}）"),
        ("not delivered within {time}", "{time}内未送达"),
        ("sent in digest {id}", "已在合并通知 {id} 中发送"),
        ("suppressed by an operator (alerts drop)", "已由操作人员丢弃（alerts drop）"),
        ("suppressed by silence {id}: {words}", "因静默规则 #{id}（{words}）不发送"),
        ("not sent: {by} acknowledged the problem before the hold ended", "未发送：暂缓结束前 {by} 已认领该问题"),
        (
            "not sent: the problem was already over when the hold ended (the task is not overdue any more)",
            "未发送：暂缓结束时，该任务已不属于“运行时间过长”"
        ),
        ("not sent: the problem was already over when the hold ended ({over})", "未发送：暂缓结束时，该问题已结束或被后续事件取代（{over}）"),
        (
            "not sent: this alert reports the end of {id} ({event}), and the alert about {id} was never sent",
            "未发送：本告警是{event}（{id}）的恢复通知，而那条告警没有发送过，因此不必通知恢复"
        ),
        (
            "this version of polarai-daemon does not know the event `{kind}`, which a newer version stored: install that version again and use `polarai-daemon alerts retry`, or drop the alert",
            "事件 `{kind}` 由更高版本的 polarai-daemon 写入，当前版本不支持；请装回该版本并运行 `polarai-daemon alerts retry` 重发，或丢弃该告警"
        ),
    ]
}
