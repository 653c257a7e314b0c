import Model

struct English: Texts {
    func title(of event: Event) -> String {
        let subject = event.shortSubject ?? ""
        return switch event.kind {
        case .completed: "Training completed: \(subject)"
        case .failed: "Training failed: \(subject)"
        case .started: "Training started: \(subject)"
        case .restarted: "Training runs again: \(subject)"
        case .changed: "Status \(event.to?.rawValue ?? "changed"): \(subject)"
        case .gone: "Cluster is gone: \(subject)"
        case .pollFailing: "No answer about \(subject)"
        case .pollRecovered: "Answers again: \(subject)"
        case .stalled: "Training stalled: \(subject)"
        case .stallEnded: "Training goes on: \(subject)"
        case .targetFailing: "Alerts do not arrive: target \(subject)"
        case .targetRecovered: "Alerts arrive again: target \(subject)"
        }
    }

    func sentence(of event: Event) -> String {
        what(event) + seen(event) + advice(event) + "."
    }

    private func what(_ event: Event) -> String {
        let subject = event.subject ?? "a cluster"
        let ran = event.facts.duration.map { " after \(duration($0))" } ?? ""
        switch event.kind {
        case .completed:
            return "Training \(subject) completed\(ran)"
        case .failed:
            return "Training \(subject) failed\(ran)"
        case .started:
            return "Training \(subject) started"
        case .restarted:
            // Between two looks one run ended and the next began.
            if event.from == event.to { return "Training \(subject) runs again; how its run before ended is not known" }
            return "Training \(subject) runs again\(event.from.map { ", it was \($0)" } ?? "")"
        case .changed:
            let from = event.from.map { " from \($0)" } ?? ""
            return "The status of \(subject) changed\(from) to \(event.to?.rawValue ?? "unknown")"
        case .gone:
            return "Cluster \(subject) is gone: the API no longer knows it"
        case .pollFailing:
            let since = event.notBefore.map { " since \($0.forPeople)" } ?? ""
            return "No good answer about \(event.subject ?? everyCluster(event))\(since)"
                + (event.openDetail.map { ": \($0)" } ?? "")
        case .pollRecovered:
            return "The API answers again about \(event.subject ?? everyCluster(event))"
        case .stalled:
            return "Training \(subject) makes no progress" + (event.progress.map { ", at \(progress($0))" } ?? "")
                + (event.openDetail.map { ": \($0)" } ?? "")
        case .stallEnded:
            return "Training \(subject) makes progress again" + (event.progress.map { ", at \(progress($0))" } ?? "")
        case .targetFailing:
            return "Target \(event.target ?? "?") takes no alerts" + (event.openDetail.map { ": \($0)" } ?? "")
        case .targetRecovered:
            return "Target \(event.target ?? "?") takes alerts again" + (event.openDetail.map { ", \($0)" } ?? "")
        }
    }

    private func everyCluster(_ event: Event) -> String {
        let account = event.account.map { "account \($0)" } ?? "any account"
        return "the clusters of \(account)" + (event.region.map { " in \($0)" } ?? "")
    }

    /// How it came to be known, where that is not by watching it happen.
    private func seen(_ event: Event) -> String {
        switch event.sighting {
        case .observed: return ""
        case .firstSeen: return " (found so at the first look)"
        case .inferred: return " (deduced from the API's own times)"
        case .late:
            guard let notBefore = event.notBefore else { return " (seen late: nobody was looking when it happened)" }
            return " (seen late: it happened after \(notBefore.forPeople), while nobody was looking)"
        }
    }

    private func advice(_ event: Event) -> String {
        switch event.kind {
        case .failed: "; read its log files in the PolarDB console, mend the cause and start it again"
        case .gone: "; if nobody released it, look for it in the PolarDB console"
        case .stalled: "; read its log files, it may hang"
        case .targetFailing:
            "; what waits for it is kept: mend it, then try `polarai-daemon test-alert \(event.target ?? "TARGET")`"
        case .targetRecovered: "; what waited is on its way"
        default: ""
        }
    }

    func word(for kind: EventKind) -> String {
        switch kind {
        case .completed: "completed"
        case .failed: "failed"
        case .started: "started"
        case .restarted: "running again"
        case .changed: "changed"
        case .gone: "gone"
        case .pollFailing: "no answer"
        case .pollRecovered: "answers again"
        case .stalled: "stalled"
        case .stallEnded: "going on"
        case .targetFailing: "target failing"
        case .targetRecovered: "target recovered"
        }
    }

    func label(_ label: FactLabel) -> String {
        switch label {
        case .cluster: "Cluster"
        case .status: "Status"
        case .duration: "Ran for"
        case .baseModel: "Base model"
        case .training: "Training"
        case .modelPaths: "Model"
        case .progress: "Progress"
        case .account: "Account"
        case .labels: "Labels"
        case .time: "Seen"
        }
    }

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

    func digestTitle(events: Int, failures: Int) -> String {
        failures == 0 ? "\(events) events" : "\(events) events, \(failures) failed"
    }

    var digestSentence: String {
        "Told together, because more was waiting than may be sent one by one; failures first."
    }

    func more(_ count: Int) -> String { "and \(count) more" }
}
