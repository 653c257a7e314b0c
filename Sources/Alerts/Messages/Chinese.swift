import Model

struct Chinese: Texts {
    var zone = MessageZone.utc

    func title(of event: Event) -> String {
        let title = heading(of: event)
        return event.isTest ? "【测试】\(title)" : title
    }

    private func heading(of event: Event) -> String {
        let subject = shortSubject(of: event) ?? ""
        return switch event.kind {
        case .reminder: "提醒：" + (onlyItem(of: event) ?? phrase(.open(event.openCount)))
        case .escalated:
            event.troubleKind == .escalated
                ? "【告警升级】\(subject)（无人认领）" : "【告警升级】\(headline(of: event.original))：\(subject)（无人认领）"
        case .summary:
            if case .summary(let figures)? = event.content {
                "日报：\(counts(of: figures))"
            } else {
                "日报"
            }
        default: "\(headline(of: event))：\(subject)"
        }
    }

    /// What a reminder is about, if that is one task: `nightly 失败，仍未解决`.
    private func onlyItem(of event: Event) -> String? {
        guard case .reminder(let items)? = event.content, items.count == 1, let item = items.first else { return nil }
        guard let subject = (item.name ?? item.cluster?.rawValue)?.onOneLine, !subject.isEmpty else { return nil }
        return "\(subject.cut(to: 60, .scalars)) \(word(for: item.kind))，仍未解决"
    }

    /// A title without its subject.
    private func headline(of event: Event) -> String {
        switch event.kind {
        case .completed: "训练完成"
        case .failed: "训练失败"
        case .started: "训练开始"
        case .restarted: "训练重新启动"
        case .changed: "状态变为 \(event.to?.rawValue ?? "未知")"
        case .gone: "任务已不存在"
        case .pollFailing: "状态查询失败"
        case .pollRecovered: "状态查询已恢复"
        case .stalled: "训练停滞"
        case .stallEnded: "训练停滞已解除"
        case .targetFailing: "告警渠道不可用"
        case .targetRecovered: "告警渠道已恢复"
        case .overdue: "训练运行时间过长"
        case .reminder, .escalated, .summary: word(for: event.kind)
        }
    }

    func sentence(of event: Event) -> String {
        let happened = source(event) + what(event) + "。"
        return event.isTest ? happened + phrase(.test) : happened + cost(event) + advice(event)
    }

    private func cost(_ event: Event) -> String {
        guard let cost = event.cost else { return "" }
        return event.troubleKind == .overdue ? "目前费用 \(cost.text)。" : "费用 \(cost.text)。"
    }

    /// What happened, and behind what it belongs to, how it was seen.
    private func what(_ event: Event) -> String {
        switch event.kind {
        case .escalated where event.troubleKind != .escalated:
            return "\(what(event.original))。该问题未在规定时间内被认领"
        case .restarted:
            let (head, tail) = restart(event)
            return head + seen(event) + tail
        case .overdue:
            return plain(event) + seen(event) + "；训练仍在运行"
        default:
            return plain(event) + seen(event)
        }
    }

    private func restart(_ event: Event) -> (head: String, tail: String) {
        let at = event.happenedAt.map { "于 \(zone.write($0)) " } ?? "已"
        let head = "训练 \(event.subject ?? unknownTask) \(at)重新启动"
        if event.from == event.to { return (head, "；上一次运行的结果未知") }
        return (head, event.from.map { "，此前状态为 \($0)" } ?? "")
    }

    private var unknownTask: String { "（未知任务）" }

    private func plain(_ event: Event) -> String {
        let subject = event.subject ?? unknownTask
        let ran = event.ranFor.map { "，运行了 \(duration($0))" } ?? ""
        let at = event.happenedAt.map { "于 \(zone.write($0)) " }
        let detail = why(event).map { event.reason == nil ? "，原因：\($0)" : "：\($0)" } ?? ""
        switch event.kind {
        case .completed:
            return "训练 \(subject) \(at ?? "已")完成\(ran)"
        case .failed:
            return "训练 \(subject) \(at ?? "已")失败\(ran)"
        case .started:
            return "训练 \(subject) \(at ?? "已")开始"
        case .restarted:
            return restart(event).head
        case .changed:
            let from = event.from.map { "由 \($0) " } ?? ""
            return "\(subject) 的状态\(at ?? "")\(from)变为 \(event.to?.rawValue ?? "未知")"
        case .gone:
            return "任务 \(subject) 已不存在：API 查询不到该任务"
        case .pollFailing:
            let last = event.notBefore.map { "（最近一次有效响应：\(zone.write($0))）" } ?? ""
            let effect = event.isTest ? "" : "，恢复之前无法发现任务状态的变化"
            return "\(event.subject.map { "\($0) " } ?? everyTask(event))的状态查询失败\(last)\(effect)"
                + (why(event).map { "。原因：\($0)" } ?? "")
        case .pollRecovered:
            return "\(event.subject.map { "\($0) " } ?? everyTask(event))的状态查询已恢复"
        case .stalled:
            return "训练 \(subject) 停滞" + detail + (event.knownProgress.map { "；当前进度：\(progress($0))" } ?? "")
        case .stallEnded:
            return "训练 \(subject) 的停滞已解除" + (event.knownProgress.map { "，当前进度：\(progress($0))" } ?? "")
        case .targetFailing:
            return "告警渠道 \(event.target ?? "?") 不可用\(detail)"
        case .targetRecovered:
            return "告警渠道 \(event.target ?? "?") 已恢复" + (why(event).map { "（\($0)）" } ?? "")
        case .overdue:
            return "训练 \(subject) 运行时间过长\(detail)"
        case .reminder:
            return "\(phrase(.open(event.openCount)))，无人认领\(detail)"
        case .escalated:
            return "\(subject) 的问题未在规定时间内被认领\(detail)"
        case .summary:
            if case .summary(let figures)? = event.content { return phrase(.summary(figures)) }
            return "日报\(detail)"
        }
    }

    private func everyTask(_ event: Event) -> String {
        "账号 \(event.account ?? "?")" + (event.region.map { "（\($0)）" } ?? "") + "下的所有任务"
    }

    private func source(_ event: Event) -> String {
        event.sighting == .inferred ? "根据 API 返回的时间推断，" : ""
    }

    private func seen(_ event: Event) -> String {
        switch event.sighting {
        case .observed, .inferred: return ""
        case .firstSeen:
            switch event.kind {
            case .gone: return "（从首次查询起就查询不到，并非刚刚消失）"
            case .overdue: return "（开始监控时运行时间就已过长，并非刚刚发生）"
            default: return "（发生在开始监控之前，并非刚刚发生）"
            }
        case .late:
            guard let notBefore = event.notBefore else { return "（延迟发现：发生时监控中断）" }
            return "（延迟发现：发生在 \(zone.write(notBefore)) 之后，当时监控中断）"
        }
    }

    /// What to do: sentences of their own.
    private func advice(_ event: Event) -> String {
        switch event.kind {
        case .failed: "请在 PolarDB 控制台查看日志，排除故障后重新启动训练。"
        case .gone:
            "如非主动删除，请检查配置中的 ID、地域和账号，再在监控主机上运行 `polarai-daemon poll \(event.cluster?.rawValue ?? "ID")` 确认能否查询到。"
        case .stalled: "训练可能已卡住，请在 PolarDB 控制台查看训练日志，必要时重新启动训练。"
        case .pollFailing: (why(event) == nil ? "" : "如原因不明，") + "请在监控主机上运行 `polarai-daemon doctor` 排查。"
        case .targetFailing:
            "修复后，请在监控主机上运行 `polarai-daemon test-alert \(event.target ?? "TARGET")`，测试消息送达后立即恢复发送"
                + "（如修改了配置，请先运行 `polarai-daemon reload`）。"
                + "在此之前，发往该渠道的告警暂不发送；等待超过 give_up_after（默认 72 小时）的判为发送失败，不再重试。"
        case .targetRecovered: "积压的告警正在发送。"
        case .overdue: "请在 PolarDB 控制台查看进度和训练日志；如已卡住，请终止并重新启动训练。"
        case .reminder:
            "着手处理时请先在监控主机上运行 `polarai-daemon ack \(event.idsToAcknowledge)` 认领"
                + (event.openCount > 3 ? "，其中 ID 是清单中 # 后的编号，可一次填写多个；认领后不再提醒和升级。" : "（此后不再提醒和升级）。")
        case .escalated:
            "着手处理时请先在监控主机上运行 `polarai-daemon ack \(event.cluster?.rawValue ?? "ID")` 认领（此后不再提醒和升级）。"
                + (event.troubleKind == .escalated ? "" : advice(event.original))
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
        case .pollRecovered: "状态查询已恢复"
        case .stalled: "停滞"
        case .stallEnded: "停滞已解除"
        case .targetFailing: "告警渠道不可用"
        case .targetRecovered: "告警渠道已恢复"
        case .overdue: "运行时间过长"
        case .reminder: "提醒（问题未解决）"
        case .escalated: "告警升级（无人认领）"
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

    func footer(_ reference: String) -> String { "本消息编号 \(reference)" }

    func digestFooter(_ reference: String, canAcknowledge: Bool) -> String {
        canAcknowledge
            ? "如需认领其中的问题，请在监控主机上运行 polarai-daemon ack ID，ID 为该问题所在行 # 后的编号"
                + "（仅限失败、已不存在、停滞、运行时间过长、告警升级）。本消息编号 \(reference)，不能用于认领。"
            : "本消息编号 \(reference)（由多个事件合并而成，不能用于认领）"
    }

    func spokenReminder(_ event: Event, list: String) -> String {
        "提醒：\(phrase(.open(event.openCount)))，无人认领。\(list)。\(advice(event))"
    }

    func escalated(_ subject: String, _ trouble: String) -> String { "\(subject) \(trouble)" }

    func entry(_ word: String, _ text: String) -> String { text.isEmpty ? word : "\(word)：\(text)" }

    func time(_ time: Timestamp) -> String { zone.write(time) }

    func duration(_ duration: Duration) -> String {
        DurationWords(day: " 天", hour: " 小时", minute: " 分钟", second: " 秒").write(duration)
    }

    func progress(_ progress: TrainingProgress) -> String {
        var parts: [String] = []
        if let step = progress.step {
            parts.append("第 \(step) 步" + (progress.totalSteps.map { "（共 \($0) 步）" } ?? ""))
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
            case .endedBefore: "\(events) 个早已结束的训练"
            case .targets: "告警渠道状态变化 \(events) 次"
            case .held: "补发 \(events) 条暂缓的告警"
            }
        return failures == 0 ? what : "\(what)（其中训练失败 \(failures) \(reason == .endedBefore ? "个" : "条")）"
    }

    func digestSentence(_ reason: Digest.Reason) -> String {
        switch reason {
        case .backlog: "待发送的告警过多，合并为一条通知；训练失败的排在最前。"
        case .endedBefore: "polarai-daemon 首次查询时，以下训练已结束超过一天；训练失败的排在最前。"
        case .targets:
            "多个告警渠道在一分钟内先后不可用或恢复，可能由同一原因引起；不可用的排在最前。请在监控主机上运行 `polarai-daemon status` 查看原因，修复后运行 `polarai-daemon test-alert --all` 验证。"
        case .held(let reasons): "以下告警此前暂缓，现在补发；训练失败的排在最前。暂缓原因：\(heldBy(reasons) ?? "静默规则")。"
        }
    }

    func more(_ count: Int) -> String { "另有 \(count) 项" }
}
