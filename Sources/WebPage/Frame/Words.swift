package import Model

/// The language of a page: every text stands in the source in both, side by side.
package struct Words: Hashable, Sendable {
    package let language: Language

    package init(_ language: Language) {
        self.language = language
    }

    package func callAsFunction(_ english: String, _ chinese: String) -> String {
        language == .chinese ? chinese : english
    }

    /// Of the `lang` attribute.
    var code: String { language == .chinese ? "zh-CN" : "en" }
}

extension Words {
    /// A limit of `overdue`, as its key in the config.
    func limit(_ key: String) -> String {
        switch key {
        case "max_runtime": self("longer than max_runtime", "超过 max_runtime 设定的时长")
        case "slower_than":
            self(
                "running much longer than its last completed run (limit: slower_than in the config)",
                "已运行时长超过该任务上一次成功运行时长的 slower_than 倍")
        case "deadline": self("past its deadline", "已超过截止时间")
        default: key
        }
    }

    func event(_ name: String) -> String {
        switch EventKind(rawValue: name) {
        case .completed: self("completed", "已完成")
        case .failed: self("failed", "失败")
        case .started: self("started", "已开始")
        case .restarted: self("restarted", "重新启动")
        case .changed: self("status changed", "状态变化")
        case .gone: self("gone", "已不存在")
        case .pollFailing: self("polling failing", "状态查询失败")
        case .pollRecovered: self("polling recovered", "状态查询已恢复")
        case .stalled: self("stalled", "停滞")
        case .stallEnded: self("stall ended", "停滞已解除")
        case .targetFailing: self("target suspended (target_failing)", "告警渠道不可用")
        case .targetRecovered: self("target recovered", "告警渠道已恢复")
        case .overdue: self("overdue", "运行时间过长")
        case .reminder: self("reminder", "提醒")
        case .escalated: self("escalated", "告警升级")
        case .summary: self("summary", "日报")
        case nil: name
        }
    }

    func alertState(_ name: String) -> String {
        switch name {
        case "pending": self("pending", "待发送")
        case "held": self("held", "暂缓")
        case "delivered": self("delivered", "已送达")
        case "accepted": self("accepted", "已受理（未确认送达）")
        case "dead": self("dead", "发送失败")
        case "suppressed": self("suppressed", "不发送")
        case "digested": self("sent in a digest", "已合并发送")
        default: name
        }
    }

    /// How an attempt to deliver ended.
    func attempt(_ outcome: String) -> String {
        switch outcome {
        case "delivered": self("delivered", "已送达")
        case "accepted": self("accepted", "已受理（未确认送达）")
        case "throttled": self("throttled", "被限流")
        case "try_again": self("not delivered (temporary)", "未送达（临时故障）")
        case "message_refused": self("message refused", "消息被拒绝")
        case "target_broken": self("target broken", "告警渠道不可用")
        default: outcome
        }
    }

    /// How a run ended.
    func outcome(_ name: String) -> String {
        switch name {
        case "running": self("running", "运行中")
        case "completed": self("completed", "已完成")
        case "failed": self("failed", "失败")
        case "gone": self("gone", "已不存在")
        default: name
        }
    }

    /// How many there are, behind a heading.
    func count(_ number: Int) -> String { self(" (\(number))", "（\(number)）") }

    /// How long something takes or took: its two largest units.
    func duration(_ duration: Duration) -> String {
        let units: [(name: String, seconds: Int64)] = [
            (self(" d", " 天"), 86_400), (self(" h", " 小时"), 3600), (self(" min", " 分钟"), 60),
            (self(" s", " 秒"), 1),
        ]
        var rest = max(0, duration.components.seconds)
        guard let first = units.firstIndex(where: { rest >= $0.seconds }) else { return "0" + units[3].name }
        var parts = ["\(rest / units[first].seconds)\(units[first].name)"]
        rest %= units[first].seconds
        if first + 1 < units.count, rest >= units[first + 1].seconds {
            parts.append("\(rest / units[first + 1].seconds)\(units[first + 1].name)")
        }
        return parts.joined(separator: " ")
    }
}
