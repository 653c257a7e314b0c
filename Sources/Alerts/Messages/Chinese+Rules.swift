import Model

extension Chinese {
    func phrase(_ phrase: RulePhrase) -> String {
        switch phrase {
        case .separator: return "；"
        case .comma: return "，"
        case .account(let name): return "账号 \(name)"
        case .test: return "这是 polarai-daemon 的测试消息，无需处理。"
        case .hold(.silence(let id, let comment)):
            let comment = comment.onOneLine.cut(to: 100, .scalars)
            return comment.isEmpty ? "静默规则 #\(id)" : "静默规则 #\(id)（\(comment)）"
        case .hold(.hours(let route)): return "不在 routes 第 \(route + 1) 条路由的通知时段内"
        case .open(let count): return "仍有 \(count) 个问题未解决"
        case .since(let time): return "自 \(zone.write(time)) 起"
        // These happen at a moment; the others go on.
        case .openSince(let time, .failed), .openSince(let time, .gone): return zone.write(time)
        case .openSince(let time, _): return self.phrase(.since(time))
        case .summary(let figures): return summary(figures)
        case .acknowledged(let author): return "\(author.onOneLine.cut(to: 60, .scalars)) 已认领"
        case .notAcknowledged: return "无人认领"
        case .running(let subject, let progress, let end):
            return "运行中：\(subject)" + (progress.map { "，\($0)" } ?? "")
                + (end.map { "，预计 \(zone.write($0)) 结束" } ?? "")
        case .moreRunning(let count): return "另有 \(count) 个训练运行中"
        case .moreFailed(let count): return "另有 \(count) 个训练失败，未列出"
        case .silence(let id, let comment, let end):
            let comment = comment.onOneLine.cut(to: 100, .scalars)
            return "静默规则 #\(id)" + (comment.isEmpty ? "" : "（\(comment)）") + "生效中，至 \(zone.write(end))"
        case .failingTarget(let name, let since): return "告警渠道 \(name) 自 \(zone.write(since)) 起不可用"
        case .deadAlerts(let count):
            return
                "\(count) 条告警发送失败，请在监控主机上运行 `polarai-daemon alerts list --state dead` 查看，再用 `alerts retry` 重发或 `alerts drop` 丢弃"
        case .reason(let reason): return self.reason(reason)
        case .heldAlerts(let count): return "\(count) 条告警暂缓"
        }
    }

    /// Why it happened, also if the reason was stored in English; as a quotation if that is not one of ours.
    ///
    /// It is translated before it is cut: nobody would find a part of it among our texts.
    func why(_ event: Event) -> String? {
        guard !event.isTest else { return nil }
        if let reason = event.reason { return phrase(.reason(reason)) }
        guard let stored = event.detail?.onOneLine.withoutFullStop, !stored.isEmpty else { return nil }
        guard let whole = ReasonInChinese.text(stored) else {
            return "“\(stored.cut(to: Self.longestReason, .scalars))”"
        }
        guard whole.unicodeScalars.count > Self.longestReason else { return whole }
        let short = ReasonInChinese.text(stored, longestQuotation: Self.longestQuotation) ?? whole
        return short.cut(to: Self.longestReason, .scalars)
    }

    /// In code points. The words of a service are shortened first: what to do stands behind them.
    private static let longestReason = 300
    private static let longestQuotation = 100

    private func reason(_ reason: EventReason) -> String {
        switch reason {
        case .longerThan(let limit, let runtime):
            "已运行 \(duration(runtime))，超过 max_runtime 设定的 \(duration(limit))"
        case .slowerThan(let lastRun, let runtime):
            "已运行 \(duration(runtime))，而该任务上一次成功运行只用了 \(duration(lastRun))，已超过 slower_than 设定的倍数"
        case .afterDeadline(let deadline, let runtime):
            "已超过截止时间 \(zone.write(deadline))（已运行 \(duration(runtime))）"
        case .noNewStep(let time): "步数已有 \(duration(time))没有增加"
        case .wasSuspended(let time): "此前不可用 \(duration(time))"
        case .test: phrase(.test)
        }
    }

    func speech(_ sentences: [String]) -> String {
        sentences.map { $0.hasSuffix("。") ? $0 : $0 + "。" }.joined()
    }

    func counts(of figures: SummaryFigures) -> String {
        "训练完成 \(figures.completed) 个，失败 \(figures.failed) 个，运行中 \(figures.runningCount) 个"
    }

    private func summary(_ figures: SummaryFigures) -> String {
        let troubles = [(figures.overdue.count, "运行时间过长"), (figures.stalled.count, "停滞")].filter { $0.0 > 0 }
        let among = troubles.map { "\($0.0) 个\($0.1)" }.joined(separator: "，")
        let counts = counts(of: figures) + (among.isEmpty ? "" : "（其中 \(among)）")
        let costs = figures.costs.map { "费用 \($0.currency) \($0.amountText)" }
        let hours = figures.hours > 0 ? ["已结束的训练累计运行 \(figures.hoursText) 小时"] : []
        let ended = (hours + costs).joined(separator: "，")
        return "\(zone.write(figures.since)) 至 \(zone.write(figures.until))：\(counts)"
            + (ended.isEmpty ? "" : "；\(ended)")
    }
}
