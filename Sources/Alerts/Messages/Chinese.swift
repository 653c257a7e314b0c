import Model

struct Chinese: Texts {
    func title(of event: Event) -> String {
        let subject = event.shortSubject ?? ""
        return switch event.kind {
        case .completed: "训练完成：\(subject)"
        case .failed: "训练失败：\(subject)"
        case .started: "训练开始：\(subject)"
        case .restarted: "训练重新运行：\(subject)"
        case .changed: "状态变为 \(event.to?.rawValue ?? "未知")：\(subject)"
        case .gone: "集群已不存在：\(subject)"
        case .pollFailing: "查询不到状态：\(subject)"
        case .pollRecovered: "查询已恢复：\(subject)"
        case .stalled: "训练停滞：\(subject)"
        case .stallEnded: "训练恢复进展：\(subject)"
        case .targetFailing: "告警无法送达：目标 \(subject)"
        case .targetRecovered: "告警恢复送达：目标 \(subject)"
        }
    }

    func sentence(of event: Event) -> String {
        what(event) + seen(event) + advice(event) + "。"
    }

    private func what(_ event: Event) -> String {
        let subject = event.subject ?? "某集群"
        let ran = event.facts.duration.map { "，运行了 \(duration($0))" } ?? ""
        switch event.kind {
        case .completed:
            return "训练 \(subject) 已完成\(ran)"
        case .failed:
            return "训练 \(subject) 失败\(ran)"
        case .started:
            return "训练 \(subject) 已开始"
        case .restarted:
            if event.from == event.to { return "训练 \(subject) 重新运行，上一次运行的结局不详" }
            return "训练 \(subject) 重新运行" + (event.from.map { "，此前状态为 \($0)" } ?? "")
        case .changed:
            let from = event.from.map { "由 \($0) " } ?? ""
            return "\(subject) 的状态\(from)变为 \(event.to?.rawValue ?? "未知")"
        case .gone:
            return "集群 \(subject) 已不存在：接口查不到它"
        case .pollFailing:
            let since = event.notBefore.map { "自 \($0.forPeople) 起" } ?? ""
            return "\(since)得不到\(event.subject.map { " \($0) " } ?? everyCluster(event))的有效应答"
                + (event.openDetail.map { "：\($0)" } ?? "")
        case .pollRecovered:
            return "\(event.subject.map { "\($0) " } ?? everyCluster(event))的查询已恢复"
        case .stalled:
            return "训练 \(subject) 没有进展" + (event.progress.map { "，停在\(progress($0))" } ?? "")
                + (event.openDetail.map { "：\($0)" } ?? "")
        case .stallEnded:
            return "训练 \(subject) 恢复进展" + (event.progress.map { "，到\(progress($0))" } ?? "")
        case .targetFailing:
            return "目标 \(event.target ?? "?") 不接收告警" + (event.openDetail.map { "：\($0)" } ?? "")
        case .targetRecovered:
            return "目标 \(event.target ?? "?") 恢复接收告警" + (event.openDetail.map { "，\($0)" } ?? "")
        }
    }

    private func everyCluster(_ event: Event) -> String {
        "账号 \(event.account ?? "?")" + (event.region.map { "（\($0)）" } ?? "") + "下所有集群"
    }

    private func seen(_ event: Event) -> String {
        switch event.sighting {
        case .observed: return ""
        case .firstSeen: return "（首次查询时已是如此）"
        case .inferred: return "（由接口给出的时间推断）"
        case .late:
            guard let notBefore = event.notBefore else { return "（事后发现：发生时没有在监视）" }
            return "（事后发现：发生在 \(notBefore.forPeople) 之后，当时没有在监视）"
        }
    }

    private func advice(_ event: Event) -> String {
        switch event.kind {
        case .failed: "；请在 PolarDB 控制台查看日志，排除原因后重新启动"
        case .gone: "；如非人为释放，请到 PolarDB 控制台核实"
        case .stalled: "；请查看日志，可能已挂起"
        case .targetFailing: "；待发告警都已保留，修好后请运行 `polarai-daemon test-alert \(event.target ?? "TARGET")`"
        case .targetRecovered: "；积压的告警正在发出"
        default: ""
        }
    }

    func word(for kind: EventKind) -> String {
        switch kind {
        case .completed: "完成"
        case .failed: "失败"
        case .started: "开始"
        case .restarted: "重新运行"
        case .changed: "状态变化"
        case .gone: "不存在"
        case .pollFailing: "查询失败"
        case .pollRecovered: "查询恢复"
        case .stalled: "停滞"
        case .stallEnded: "恢复进展"
        case .targetFailing: "目标失效"
        case .targetRecovered: "目标恢复"
        }
    }

    func label(_ label: FactLabel) -> String {
        switch label {
        case .cluster: "集群"
        case .status: "状态"
        case .duration: "运行时长"
        case .baseModel: "基础模型"
        case .training: "训练方式"
        case .modelPaths: "模型路径"
        case .progress: "进度"
        case .account: "账号"
        case .labels: "标签"
        case .time: "发现时间"
        }
    }

    func duration(_ duration: Duration) -> String {
        DurationWords(day: " 天", hour: " 小时", minute: " 分钟", second: " 秒").write(duration)
    }

    func progress(_ progress: TrainingProgress) -> String {
        var parts: [String] = []
        if let step = progress.step {
            parts.append("第 \(step) 步" + (progress.totalSteps.map { "（共 \($0) 步）" } ?? ""))
        }
        if let epoch = progress.epoch { parts.append("第 \(epoch) 轮") }
        return parts.isEmpty ? "未知步数" : parts.joined(separator: "，")
    }

    func training(mode: String?, type: String?) -> String? {
        let parts = [mode, type].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: "，")
    }

    func digestTitle(events: Int, failures: Int) -> String {
        failures == 0 ? "\(events) 个事件" : "\(events) 个事件，其中 \(failures) 个失败"
    }

    var digestSentence: String { "积压超过逐条发送的限额，合并告知；失败在前。" }

    func more(_ count: Int) -> String { "另有 \(count) 个" }
}
