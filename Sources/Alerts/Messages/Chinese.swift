import Model

struct Chinese: Texts {
    var zone = MessageZone.utc

    func title(of event: Event) -> String {
        let subject = event.shortSubject ?? ""
        return switch event.kind {
        case .completed: "训练完成：\(subject)"
        case .failed: "训练失败：\(subject)"
        case .started: "训练开始：\(subject)"
        case .restarted: "训练重新启动：\(subject)"
        case .changed: "状态变为 \(event.to?.rawValue ?? "未知")：\(subject)"
        case .gone: "任务已不存在：\(subject)"
        case .pollFailing: "状态查询失败：\(subject)"
        case .pollRecovered: "状态查询已恢复：\(subject)"
        case .stalled: "训练停滞：\(subject)"
        case .stallEnded: "训练已恢复推进：\(subject)"
        case .targetFailing: "告警渠道不可用：\(subject)"
        case .targetRecovered: "告警渠道已恢复：\(subject)"
        case .overdue: "训练运行超时：\(subject)"
        case .reminder: "提醒：\(phrase(.open(event.openCount)))"
        case .escalated:
            "【告警升级】无人确认：\(event.troubleKind == .escalated ? subject : title(of: event.original))"
        case .summary:
            if case .summary(let figures)? = event.content {
                "日报：\(figures.completed) 个完成，\(figures.failed) 个失败，\(figures.runningCount) 个运行中"
            } else {
                "日报"
            }
        }
    }

    func sentence(of event: Event) -> String {
        what(event) + seen(event) + advice(event) + "。" + cost(event)
    }

    private func cost(_ event: Event) -> String {
        guard let cost = event.cost else { return "" }
        return event.kind == .overdue ? "目前费用 \(cost.text)。" : "费用 \(cost.text)。"
    }

    private func what(_ event: Event) -> String {
        let subject = event.subject ?? "某任务"
        let ran = event.facts.duration.map { "，运行了 \(duration($0))" } ?? ""
        let at = event.apiTime.map { "于 \(zone.write($0)) " }
        let detail = event.detail(in: self).map { "：\($0)" } ?? ""
        switch event.kind {
        case .completed:
            return "训练 \(subject) \(at ?? "已")完成\(ran)"
        case .failed:
            return "训练 \(subject) \(at ?? "已")失败\(ran)"
        case .started:
            return "训练 \(subject) \(at ?? "已")开始"
        case .restarted:
            if event.from == event.to { return "训练 \(subject) \(at ?? "已")重新启动，上一次运行的结果未知" }
            return "训练 \(subject) \(at ?? "已")重新启动" + (event.from.map { "，此前状态为 \($0)" } ?? "")
        case .changed:
            let from = event.from.map { "由 \($0) " } ?? ""
            return "\(subject) 的状态\(at ?? "")\(from)变为 \(event.to?.rawValue ?? "未知")"
        case .gone:
            return "任务 \(subject) 已不存在：API 查询不到该任务"
        case .pollFailing:
            let since = event.notBefore.map { "，自 \(zone.write($0)) 起没有有效响应" } ?? ""
            return "\(event.subject.map { "\($0) " } ?? everyCluster(event))的状态查询失败\(since)\(detail)"
        case .pollRecovered:
            return "\(event.subject.map { "\($0) " } ?? everyCluster(event))的状态查询已恢复"
        case .stalled:
            return "训练 \(subject) 没有进展" + (event.progress.map { "，停在\(progress($0))" } ?? "") + detail
        case .stallEnded:
            return "训练 \(subject) 已恢复推进" + (event.progress.map { "，目前进行到\(progress($0))" } ?? "")
        case .targetFailing:
            return "告警渠道 \(event.target ?? "?") 不可用\(detail)"
        case .targetRecovered:
            return "告警渠道 \(event.target ?? "?") 已恢复" + (event.detail(in: self).map { "（\($0)）" } ?? "")
        case .overdue:
            return "训练 \(subject) 运行超时\(detail)"
        case .reminder:
            return "\(phrase(.open(event.openCount)))，无人确认\(detail)"
        case .escalated:
            guard event.troubleKind != .escalated else { return "\(subject) 的问题未在规定时间内确认\(detail)" }
            return "以下问题未在规定时间内确认：\(what(event.original))"
        case .summary:
            if case .summary(let figures)? = event.content { return phrase(.summary(figures)) }
            return "日报\(detail)"
        }
    }

    private func everyCluster(_ event: Event) -> String {
        "账号 \(event.account ?? "?")" + (event.region.map { "（\($0)）" } ?? "") + "下的所有任务"
    }

    private func seen(_ event: Event) -> String {
        switch event.sighting {
        case .observed: return ""
        case .firstSeen: return "（首次查询时即为该状态）"
        case .inferred: return "（根据 API 返回的时间推断）"
        case .late:
            guard let notBefore = event.notBefore else { return "（延迟发现：发生时监控中断）" }
            return "（延迟发现：发生在 \(zone.write(notBefore)) 之后，当时监控中断）"
        }
    }

    private func advice(_ event: Event) -> String {
        switch event.kind {
        case .failed: "；请在 PolarDB 控制台查看日志，排除故障后重新启动训练"
        case .gone: "；如非主动释放，请到 PolarDB 控制台检查"
        case .stalled: "；请查看日志，训练可能已卡住"
        case .pollFailing: "；恢复之前无法发现状态变化，请运行 `polarai-daemon doctor` 排查"
        case .targetFailing: "；待发送的告警均已保留，修复后请运行 `polarai-daemon test-alert \(event.target ?? "TARGET")`"
        case .targetRecovered: "；积压的告警正在发送"
        case .overdue: "；请查看训练进度和日志，训练可能已卡住或慢于预期"
        case .reminder: "；处理人请运行 `polarai-daemon ack \(event.idsToAcknowledge)` 确认"
        case .escalated: "；处理人请运行 `polarai-daemon ack \(event.cluster?.rawValue ?? "ID")` 确认"
        default: ""
        }
    }

    func word(for kind: EventKind) -> String {
        switch kind {
        case .completed: "完成"
        case .failed: "失败"
        case .started: "开始"
        case .restarted: "重新启动"
        case .changed: "状态变化"
        case .gone: "已不存在"
        case .pollFailing: "状态查询失败"
        case .pollRecovered: "状态查询恢复"
        case .stalled: "停滞"
        case .stallEnded: "恢复推进"
        case .targetFailing: "渠道不可用"
        case .targetRecovered: "渠道恢复"
        case .overdue: "运行超时"
        case .reminder: "提醒"
        case .escalated: "升级"
        case .summary: "日报"
        }
    }

    func label(_ label: FactLabel) -> String {
        switch label {
        case .cluster: "任务"
        case .status: "状态"
        case .duration: "运行时长"
        case .baseModel: "基础模型"
        case .training: "训练方式"
        case .modelPaths: "模型路径"
        case .progress: "进度"
        case .account: "账号"
        case .labels: "标签"
        case .happened: "发生时间"
        case .time: "发现时间"
        case .heldBy: "暂缓原因"
        }
    }

    func entry(_ word: String, _ text: String) -> String { text.isEmpty ? word : "\(word)：\(text)" }

    func time(_ time: Timestamp) -> String { zone.write(time) }

    func duration(_ duration: Duration) -> String {
        DurationWords(day: " 天", hour: " 小时", minute: " 分钟", second: " 秒").write(duration)
    }

    func progress(_ progress: TrainingProgress) -> String {
        var parts: [String] = []
        if let step = progress.step {
            parts.append("第 \(step)" + (progress.totalSteps.map { "/\($0)" } ?? "") + " 步")
        }
        if let epoch = progress.epoch { parts.append("epoch \(epoch)") }
        return parts.isEmpty ? "未知步数" : parts.joined(separator: "，")
    }

    func training(mode: String?, type: String?) -> String? {
        let parts = [mode, type].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: "，")
    }

    func digestTitle(_ reason: Digest.Reason, events: Int, failures: Int) -> String {
        let what =
            switch reason {
            case .backlog: "\(events) 条告警"
            case .endedBefore: "\(events) 个此前结束的训练"
            case .targets: "\(events) 条告警渠道状态变化"
            case .held: "补发 \(events) 条暂缓的告警"
            }
        let unit = reason == .endedBefore ? "个失败" : "条训练失败"
        return failures == 0 ? what : "\(what)（含 \(failures) \(unit)）"
    }

    func digestSentence(_ reason: Digest.Reason) -> String {
        switch reason {
        case .backlog: "待发送的告警过多，合并为一条通知；训练失败的排在最前。"
        case .endedBefore: "以下训练在 polarai-daemon 首次查询之前一天以上就已结束；训练失败的排在最前。"
        case .targets: "多个告警渠道在一分钟内不可用或恢复，可能是同一原因；不可用的排在最前。"
        case .held(let reasons): "以下告警此前因\(heldBy(reasons) ?? "静默")暂缓，现在补发；训练失败的排在最前。"
        }
    }

    func more(_ count: Int) -> String { "另有 \(count) 个" }
}
