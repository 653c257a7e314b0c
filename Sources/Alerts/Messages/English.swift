import Model

struct English: Texts {
    var zone = MessageZone.utc

    func title(of event: Event) -> String {
        let subject = event.shortSubject ?? ""
        return switch event.kind {
        case .completed: "Training completed: \(subject)"
        case .failed: "Training failed: \(subject)"
        case .started: "Training started: \(subject)"
        case .restarted: "Training restarted: \(subject)"
        case .changed: "Status is now \(event.to?.rawValue ?? "unknown"): \(subject)"
        case .gone: "Cluster no longer exists: \(subject)"
        case .pollFailing: "Polling is failing: \(subject)"
        case .pollRecovered: "Polling recovered: \(subject)"
        case .stalled: "Training stalled: \(subject)"
        case .stallEnded: "Training is progressing again: \(subject)"
        case .targetFailing: "Target is rejecting alerts: \(subject)"
        case .targetRecovered: "Target recovered: \(subject)"
        case .overdue: "Training overdue: \(subject)"
        case .reminder: "Reminder: \(phrase(.open(event.openCount)))"
        case .escalated:
            "Not acknowledged: \(event.troubleKind == .escalated ? subject : title(of: event.original))"
        case .summary:
            if case .summary(let figures)? = event.content {
                "Summary: \(figures.completed) completed, \(figures.failed) failed, \(figures.runningCount) running"
            } else {
                "Summary"
            }
        }
    }

    func sentence(of event: Event) -> String {
        what(event) + seen(event) + advice(event) + "." + cost(event)
    }

    private func cost(_ event: Event) -> String {
        guard let cost = event.cost else { return "" }
        return event.kind == .overdue ? " So far it has cost \(cost.text)." : " It cost \(cost.text)."
    }

    private func what(_ event: Event) -> String {
        let subject = event.subject ?? "a cluster"
        let ran = event.facts.duration.map { " after \(duration($0))" }
        let time = event.apiTime.map { " at \(zone.write($0))" }
        let ended = [ran, time].compactMap { $0 }.joined(separator: ",")
        let at = time ?? ""
        let detail = event.detail(in: self).map { ": \($0)" } ?? ""
        switch event.kind {
        case .completed:
            return "Training \(subject) completed\(ended)"
        case .failed:
            return "Training \(subject) failed\(ended)"
        case .started:
            return "Training \(subject) started\(at)"
        case .restarted:
            // Between two polls one run ended and the next began.
            if event.from == event.to {
                return "Training \(subject) was restarted\(at); the outcome of its previous run is unknown"
            }
            return "Training \(subject) was restarted\(at)\(event.from.map { "; its previous status was \($0)" } ?? "")"
        case .changed:
            let from = event.from.map { " from \($0)" } ?? ""
            return "The status of \(subject) changed\(from) to \(event.to?.rawValue ?? "unknown")\(at)"
        case .gone:
            return "Cluster \(subject) no longer exists: the API cannot find it"
        case .pollFailing:
            let since = event.notBefore.map { ", no valid answer since \(zone.write($0))" } ?? ""
            return "Polling \(event.subject ?? everyCluster(event)) is failing\(since)\(detail)"
        case .pollRecovered:
            return "Polling \(event.subject ?? everyCluster(event)) works again"
        case .stalled:
            return "Training \(subject) is making no progress" + (event.progress.map { ", at \(progress($0))" } ?? "")
                + detail
        case .stallEnded:
            return "Training \(subject) is making progress again"
                + (event.progress.map { ", at \(progress($0))" } ?? "")
        case .targetFailing:
            return "Target \(event.target ?? "?") is rejecting alerts\(detail)"
        case .targetRecovered:
            return "Target \(event.target ?? "?") is accepting alerts again"
                + (event.detail(in: self).map { " (\($0))" } ?? "")
        case .overdue:
            return "Training \(subject) has been running too long\(detail)"
        case .reminder:
            return "\(phrase(.open(event.openCount))) and not acknowledged\(detail)"
        case .escalated:
            guard event.troubleKind != .escalated else {
                return "Nobody has acknowledged the problem of \(subject) in time\(detail)"
            }
            return "Nobody has acknowledged this in time: \(what(event.original))"
        case .summary:
            if case .summary(let figures)? = event.content { return phrase(.summary(figures)) }
            return "Summary\(detail)"
        }
    }

    private func everyCluster(_ event: Event) -> String {
        let account = event.account.map { "account \($0)" } ?? "any account"
        return "the clusters of \(account)" + (event.region.map { " in \($0)" } ?? "")
    }

    /// How it became known, if not by watching it happen.
    private func seen(_ event: Event) -> String {
        switch event.sighting {
        case .observed: return ""
        case .firstSeen: return " (already in this state when first polled)"
        case .inferred: return " (derived from times that the API reports)"
        case .late:
            guard let notBefore = event.notBefore else {
                return " (detected late: monitoring was down when it happened)"
            }
            return " (detected late: it happened after \(zone.write(notBefore)), while monitoring was down)"
        }
    }

    private func advice(_ event: Event) -> String {
        switch event.kind {
        case .failed: "; check its logs in the PolarDB console, fix the cause and restart it"
        case .gone: "; if nobody released it, check it in the PolarDB console"
        case .stalled: "; check its logs: it may be hung"
        case .pollFailing: "; no status change is seen until it recovers; run `polarai-daemon doctor`"
        case .targetFailing:
            "; pending alerts are kept; fix the target, then run `polarai-daemon test-alert \(event.target ?? "TARGET")`"
        case .targetRecovered: "; pending alerts are being sent"
        case .overdue: "; check its progress and logs: it may be hung or slower than planned"
        case .reminder: "; acknowledge with `polarai-daemon ack \(event.idsToAcknowledge)`"
        case .escalated: "; acknowledge with `polarai-daemon ack \(event.cluster?.rawValue ?? "ID")`"
        default: ""
        }
    }

    func word(for kind: EventKind) -> String {
        switch kind {
        case .completed: "completed"
        case .failed: "failed"
        case .started: "started"
        case .restarted: "restarted"
        case .changed: "changed"
        case .gone: "gone"
        case .pollFailing: "polling failing"
        case .pollRecovered: "polling recovered"
        case .stalled: "stalled"
        case .stallEnded: "progressing"
        case .targetFailing: "target failing"
        case .targetRecovered: "target recovered"
        case .overdue: "overdue"
        case .reminder: "reminder"
        case .escalated: "escalated"
        case .summary: "summary"
        }
    }

    func label(_ label: FactLabel) -> String {
        switch label {
        case .cluster: "Cluster"
        case .status: "Status"
        case .duration: "Duration"
        case .baseModel: "Base model"
        case .training: "Training"
        case .modelPaths: "Model"
        case .progress: "Progress"
        case .account: "Account"
        case .labels: "Labels"
        case .happened: "Happened"
        case .time: "Detected"
        case .heldBy: "Held by"
        }
    }

    func entry(_ word: String, _ text: String) -> String { text.isEmpty ? word : "\(word): \(text)" }

    func time(_ time: Timestamp) -> String { zone.write(time) }

    func duration(_ duration: Duration) -> String {
        DurationWords(day: " d", hour: " h", minute: " min", second: " s").write(duration)
    }

    func progress(_ progress: TrainingProgress) -> String {
        var parts: [String] = []
        if let step = progress.step {
            parts.append("step \(step)" + (progress.totalSteps.map { " of \($0)" } ?? ""))
        }
        if let epoch = progress.epoch { parts.append("epoch \(epoch)") }
        return parts.isEmpty ? "an unknown step" : parts.joined(separator: ", ")
    }

    func training(mode: String?, type: String?) -> String? {
        let parts = [mode, type].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    func digestTitle(_ reason: Digest.Reason, events: Int, failures: Int) -> String {
        let what =
            switch reason {
            case .backlog: events == 1 ? "1 event" : "\(events) events"
            case .endedBefore: events == 1 ? "1 earlier result" : "\(events) earlier results"
            case .targets: events == 1 ? "1 report about targets" : "\(events) reports about targets"
            case .held: events == 1 ? "1 held alert" : "\(events) held alerts"
            }
        return failures == 0 ? what : "\(what), \(failures) failed"
    }

    func digestSentence(_ reason: Digest.Reason) -> String {
        switch reason {
        case .backlog: "Sent as one message, because too many alerts were queued. Failures first."
        case .endedBefore:
            "These trainings ended more than a day before polarai-daemon first saw them. Failures first."
        case .targets:
            "Several targets failed or recovered within a minute, perhaps for the same reason. Failures first."
        case .held(let reasons):
            "Held until now by: \(heldBy(reasons) ?? "a silence"). Failures first."
        }
    }

    func more(_ count: Int) -> String { "and \(count) more" }
}
