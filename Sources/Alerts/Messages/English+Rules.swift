import Model

extension English {
    func phrase(_ phrase: RulePhrase) -> String {
        switch phrase {
        case .separator: return "; "
        case .comma: return ", "
        case .account(let name): return "account \(name)"
        case .test: return "This is a test message of polarai-daemon: nothing needs to be done."
        case .hold(.silence(let id, let comment)):
            let comment = comment.onOneLine.cut(to: 100, .scalars)
            return comment.isEmpty ? "silence \(id)" : "silence \(id) (\(comment))"
        case .hold(.hours(let route)): return "the notification hours of routes[\(route)]"
        case .open(let count): return count == 1 ? "1 event is open" : "\(count) events are open"
        case .since(let time): return "since \(zone.write(time))"
        case .openSince(let time, _): return self.phrase(.since(time))
        case .summary(let figures): return summary(figures)
        case .acknowledged(let author): return "acknowledged by \(author.onOneLine.cut(to: 60, .scalars))"
        case .notAcknowledged: return "not acknowledged"
        case .running(let subject, let progress, let end):
            return "running: \(subject)" + (progress.map { ", \($0)" } ?? "")
                + (end.map { ", expected end \(zone.write($0))" } ?? "")
        case .moreRunning(let count): return "\(count) more running"
        case .moreFailed(let count): return more(count)
        case .silence(let id, let comment, let end):
            return "silence \(id) until \(zone.write(end)): \(comment.onOneLine.cut(to: 100, .scalars))"
        case .failingTarget(let name, let since): return "target \(name) has been suspended since \(zone.write(since))"
        case .deadAlerts(let count):
            return
                "\(count) dead \(count == 1 ? "alert" : "alerts"): see `polarai-daemon alerts list --state dead` on the "
                + "monitoring host, then use `alerts retry` or `alerts drop`"
        case .reason(let reason): return self.reason(reason)
        case .heldAlerts(let count): return "\(count) \(count == 1 ? "alert is" : "alerts are") held"
        }
    }

    private func reason(_ reason: EventReason) -> String {
        switch reason {
        case .longerThan(let limit, let runtime):
            "it has been running for \(duration(runtime)), longer than max_runtime (\(duration(limit)))"
        case .slowerThan(let lastRun, let runtime):
            "it has been running for \(duration(runtime)), and its last completed run took only \(duration(lastRun))"
        case .afterDeadline(let deadline, let runtime):
            "it has been running for \(duration(runtime)), past its deadline (\(zone.write(deadline)))"
        case .noNewStep(let time): "no new step for \(duration(time))"
        case .wasSuspended(let time): "it was suspended for \(duration(time))"
        case .test: phrase(.test)
        }
    }

    func speech(_ sentences: [String]) -> String { sentences.joined(separator: " ") }

    func counts(of figures: SummaryFigures) -> String {
        "\(figures.completed) completed, \(figures.failed) failed, \(figures.runningCount) running"
    }

    private func summary(_ figures: SummaryFigures) -> String {
        var parts = [counts(of: figures)]
        if !figures.overdue.isEmpty { parts.append("\(figures.overdue.count) overdue") }
        if !figures.stalled.isEmpty { parts.append("\(figures.stalled.count) stalled") }
        let costs = figures.costs.map { "\($0.currency) \($0.amountText)" }
        let hours = figures.hours > 0 ? ["\(figures.hoursText) training hours (ended runs)"] : []
        return "From \(zone.write(figures.since)) to \(zone.write(figures.until)): "
            + (parts + hours + costs).joined(separator: ", ")
    }
}
