import Model

struct English: Texts {
    var zone = MessageZone.utc

    func title(of event: Event) -> String {
        let subject = titleSubject(of: event)
        let title = subject.isEmpty ? headline(of: event) : "\(headline(of: event)): \(subject)"
        return event.isTest ? "[Test] \(title)" : title
    }

    /// A title without its subject: `Training failed`.
    private func headline(of event: Event) -> String {
        switch event.kind {
        case .completed: "Training completed"
        case .failed: "Training failed"
        case .started: "Training started"
        case .restarted: "Training restarted"
        case .changed: "Status changed to \(event.to?.rawValue ?? "unknown")"
        case .gone: "Task is gone"
        case .pollFailing: "Polling is failing"
        case .pollRecovered: "Polling recovered"
        case .stalled: "Training stalled"
        case .stallEnded: "Training no longer stalled"
        case .targetFailing: "Target suspended (target_failing)"
        case .targetRecovered: "Target recovered"
        case .overdue: "Training overdue"
        case .reminder: "Reminder"
        case .escalated:
            event.troubleKind == .escalated
                ? "Escalated" : "Escalated: \(headline(of: event.original))"
        case .summary: "Summary"
        }
    }

    private func titleSubject(of event: Event) -> String {
        switch event.content {
        case .reminder: phrase(.open(event.openCount))
        case .summary(let figures): counts(of: figures)
        case .escalated, nil: event.kind == .reminder ? phrase(.open(0)) : shortSubject(of: event) ?? ""
        }
    }

    func sentence(of event: Event) -> String {
        let happened = what(event) + seen(event) + unknownOutcome(event) + "."
        return event.isTest ? happened + " \(phrase(.test))" : happened + cost(event) + advice(event)
    }

    /// Between two polls one run ended and the next began.
    private func unknownOutcome(_ event: Event) -> String {
        event.kind == .restarted && event.from == event.to ? "; the outcome of its previous run is unknown" : ""
    }

    private func cost(_ event: Event) -> String {
        guard let cost = event.cost else { return "" }
        return event.troubleKind == .overdue ? " So far it has cost \(cost.text)." : " It cost \(cost.text)."
    }

    private func what(_ event: Event) -> String {
        let subject = event.subject ?? "(unknown task)"
        let ran = event.ranFor.map { " after \(duration($0))" }
        let time = event.happenedAt.map { " at \(zone.write($0))" }
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
            let from = event.from == event.to ? nil : event.from
            return "Training \(subject) was restarted\(at)" + (from.map { "; its previous status was \($0)" } ?? "")
        case .changed:
            let from = event.from.map { " from \($0)" } ?? ""
            return "The status of \(subject) changed\(from) to \(event.to?.rawValue ?? "unknown")\(at)"
        case .gone:
            return "Task \(subject) no longer exists: the API cannot find it"
        case .pollFailing:
            let last = event.notBefore.map { ". The last valid answer was at \(zone.write($0))" } ?? ""
            return "Polling \(event.subject ?? everyTask(event)) is failing\(detail)\(last)"
        case .pollRecovered:
            return "Polling \(event.subject ?? everyTask(event)) works again"
        case .stalled:
            return "Training \(subject) is making no progress"
                + (event.knownProgress.map { ", at \(progress($0))" } ?? "")
                + detail
        case .stallEnded:
            return "Training \(subject) is making progress again"
                + (event.knownProgress.map { ", at \(progress($0))" } ?? "")
        case .targetFailing:
            return "Target \(event.target ?? "?") is suspended\(detail)"
        case .targetRecovered:
            return "Target \(event.target ?? "?") works again"
                + (event.detail(in: self).map { " (\($0))" } ?? "")
        case .overdue:
            return "Training \(subject) is overdue\(detail)"
        case .reminder:
            return "\(phrase(.open(event.openCount))) and not acknowledged\(detail)"
        case .escalated:
            guard event.troubleKind != .escalated else {
                return "Nobody has acknowledged an event of \(subject) in time\(detail)"
            }
            return "Nobody has acknowledged this in time: \(what(event.original))"
        case .summary:
            if case .summary(let figures)? = event.content { return phrase(.summary(figures)) }
            return "Summary\(detail)"
        }
    }

    private func everyTask(_ event: Event) -> String {
        let account = event.account.map { "account \($0)" } ?? "an unknown account"
        return "all tasks of \(account)" + (event.region.map { " in \($0)" } ?? "")
    }

    /// How it became known, if not by watching it happen.
    private func seen(_ event: Event) -> String {
        switch event.sighting {
        case .observed: return ""
        case .firstSeen:
            switch event.kind {
            case .gone: return " (it has not been found since monitoring began)"
            case .overdue: return " (it was already overdue when monitoring began)"
            default: return " (already had this status when first polled)"
            }
        case .inferred: return " (inferred from the times that the API reports)"
        case .late:
            guard let notBefore = event.notBefore else {
                return " (detected late: monitoring was down when it happened)"
            }
            return " (detected late: it happened after \(zone.write(notBefore)), while monitoring was down)"
        }
    }

    /// What to do: sentences of their own.
    private func advice(_ event: Event) -> String {
        switch event.kind {
        case .failed: " Check its logs in the PolarDB console, fix the cause and restart it."
        case .gone:
            " If nobody deleted it, check its id, region and account in the config, then run `polarai-daemon poll "
                + "\(event.cluster?.rawValue ?? "ID")` on the monitoring host to see whether the API finds it."
        case .stalled: " Check its logs: it may be hung."
        case .pollFailing:
            " Status changes are not detected until polling recovers. To find the cause, run `polarai-daemon doctor` "
                + "on the monitoring host."
        case .targetFailing:
            " Its alerts wait; those older than `give_up_after` (default 72h) become dead. Fix the target (after a change of the config: `polarai-daemon reload`), then run "
                + "`polarai-daemon test-alert \(event.target ?? "TARGET")` on the monitoring host: if the test arrives, the waiting alerts are sent."
        case .targetRecovered: " Its pending alerts are being sent."
        case .overdue: " Check its progress and logs: it may be hung or slower than planned."
        case .reminder:
            " To acknowledge \(event.openCount == 1 ? "it" : "them"), run "
                + "`polarai-daemon ack \(event.idsToAcknowledge)` on the monitoring host\(event.openCount > 3 ? "; the ids are those after # in the list" : "")."
        case .escalated:
            (event.troubleKind == .escalated ? "" : advice(event.original))
                + " To acknowledge it, run `polarai-daemon ack \(event.cluster?.rawValue ?? "ID")` on the monitoring host."
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
        case .stallEnded: "stall ended"
        case .targetFailing: "target suspended (target_failing)"
        case .targetRecovered: "target recovered"
        case .overdue: "overdue"
        case .reminder: "reminder"
        case .escalated: "escalated"
        case .summary: "summary"
        }
    }

    func label(_ label: FactLabel) -> String {
        switch label {
        case .cluster: "Task"
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
        case .heldBy: "Held until now by"
        }
    }

    func footer(_ reference: String) -> String { reference }

    func digestFooter(_ reference: String, canAcknowledge: Bool) -> String { reference }

    func spokenReminder(_ event: Event, list: String) -> String {
        "\(word(for: event.kind)): \(phrase(.open(event.openCount))) and not acknowledged: \(list).\(advice(event))"
    }

    func escalated(_ subject: String, _ trouble: String) -> String { "\(trouble), \(subject)" }

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
        let all =
            switch reason {
            case .backlog: events == 1 ? "1 event" : "\(events) events"
            case .endedBefore: "\(events) \(events == 1 ? "training" : "trainings") ended before monitoring began"
            case .targets: "\(events) target status \(events == 1 ? "change" : "changes")"
            case .held: events == 1 ? "1 held alert" : "\(events) held alerts"
            }
        return failures == 0 ? all : "\(all), including \(failures) failed \(failures == 1 ? "training" : "trainings")"
    }

    func digestSentence(_ reason: Digest.Reason) -> String {
        switch reason {
        case .backlog: "Sent as one message, because too many alerts were queued. Failures first."
        case .endedBefore:
            "These trainings ended more than a day before polarai-daemon first polled them. Failures first."
        case .targets:
            "Several targets were suspended or recovered within a minute, perhaps for the same reason. Suspended ones first. "
                + "For the reasons, run `polarai-daemon status` on the monitoring host; after "
                + "fixing them, run `polarai-daemon test-alert --all`."
        case .held(let reasons):
            "Held until now by: \(heldBy(reasons) ?? "a silence"). Failures first."
        }
    }

    func more(_ count: Int) -> String { "and \(count) more" }
}
