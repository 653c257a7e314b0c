import Model
import Monitor

/// Silence is reported once, if it lasted, and ends with its recovery.
extension Checks {
    func silenceBreaches() -> [String] {
        pairs() + justified() + outages() + clusterFaults()
    }

    /// Failing, recovered, failing, recovered: for each cluster and each account.
    private func pairs() -> [String] {
        var breaches: [String] = []
        let events = record.events.filter { $0.kind == .pollFailing || $0.kind == .pollRecovered }
        for (line, events) in Dictionary(grouping: events, by: \.line).sorted(by: { $0.key < $1.key }) {
            var failing: Record.Event?
            for event in events {
                if (failing != nil) == (event.kind == .pollFailing) {
                    breaches.append("event \(event.seq): \(event.kind.rawValue) of \(line), which was so already")
                }
                failing = event.kind == .pollFailing ? event : nil
            }
            if let failing, wasAnswered(after: failing) { breaches.append("poll_failing of \(line) never ended") }
        }
        return breaches
    }

    /// Whether a good answer that counted came after an event, for its cluster or any of its account.
    private func wasAnswered(after event: Record.Event) -> Bool {
        chronicle.answers.contains { answer in
            guard answer.counted == true, case .good = answer.kind, answer.receivedAt > event.at else { return false }
            return event.cluster == answer.cluster
                || event.cluster == nil
                    && scenario.tasks.contains {
                        $0.cluster.id == answer.cluster && $0.cluster.scope.account == event.account
                    }
        }
    }

    private func justified() -> [String] {
        record.events.filter { $0.kind == .pollFailing }.compactMap { event in
            if let cluster = scenario.tasks.first(where: { $0.cluster.id == event.cluster })?.cluster {
                return wasSilent(cluster, event)
                    ? nil : "event \(event.seq): poll_failing of \(cluster.id), which answered"
            }
            let silent = scenario.tasks.map(\.cluster).filter {
                $0.scope.account == event.account && wasSilent($0, event)
            }
            return silent.isEmpty
                ? "event \(event.seq): poll_failing of account \(event.account ?? ""), which answered" : nil
        }
    }

    /// No good answer in the time that is borne, before an event.
    private func wasSilent(_ cluster: WatchedCluster, _ event: Record.Event) -> Bool {
        let status = record.changes(of: cluster.id).last { $0.seq < event.seq }?.to
        // The moment of telling may be a little later than that of the answer it stands for.
        let from = event.at - silenceLimit(cluster, status) + .second
        return !chronicle.answers.contains { answer in
            guard answer.cluster == cluster.id, answer.counted == true, case .good = answer.kind else { return false }
            return answer.receivedAt > from && answer.receivedAt < event.at
        }
    }

    /// An account that fails as a whole is one event, whatever its number of clusters.
    private func outages() -> [String] {
        scenario.apiFaults.filter { $0.cluster == nil && $0.isTotal }.flatMap { fault -> [String] in
            let account = fault.scope.account
            let span = fault.span.lowerBound...(fault.span.upperBound + Self.slack)
            let reported = record.events.filter {
                $0.kind == .pollFailing && $0.account == account && span.contains($0.at)
            }
            let ofAccount = reported.filter { $0.cluster == nil }
            var breaches: [String] = []
            if ofAccount.count > 1 {
                breaches.append("one outage of \(account), reported in events \(ofAccount.map(\.seq))")
            }
            let ofClusters = reported.filter { event in
                guard let cluster = event.cluster, !failedBefore(fault, cluster),
                    !isMissingSince(fault, cluster, event), !hungOverEnd(of: fault, cluster, event),
                    !failedAfter(fault, cluster, event)
                else { return false }
                // "No such cluster" for one that is known to be gone is an answer, and no failure.
                return !(fault.kind == .notFound && hasGoneCluster(account: account, before: event))
            }
            // With a call every few minutes nobody can ask a second task in time.
            let rate = (scenario.quotas[fault.scope] ?? QuotaSettings()).callsPerSecond
            if !ofClusters.isEmpty, rate * 30 >= 1 {
                breaches.append(
                    "an outage of \(account), reported cluster by cluster in events \(ofClusters.map(\.seq))")
            }
            if mustBeTold(fault), !hasFailingBefore(fault, account: account), ofAccount.isEmpty {
                breaches.append("an outage of \(account) at \(fault.span) was never reported")
            }
            return breaches
        }
    }

    /// Whether a cluster had trouble of its own when an outage began.
    private func failedBefore(_ fault: APIFault, _ cluster: ClusterID) -> Bool {
        guard let last = chronicle.answers.last(where: { $0.cluster == cluster && $0.sentAt < fault.span.lowerBound })
        else { return false }
        if case .good = last.kind { return false }
        return true
    }

    /// Whether a cluster that was removed meanwhile did not exist any more when the others answered again.
    private func isMissingSince(_ fault: APIFault, _ cluster: ClusterID, _ event: Record.Event) -> Bool {
        let last = chronicle.answers.last {
            $0.cluster == cluster && $0.sentAt > fault.span.upperBound && $0.receivedAt <= event.at + .second
        }
        guard case .notFound? = last?.kind else { return false }
        return true
    }

    /// Whether a call that was made in the outage was given up after it, when others had been answered: that nothing else was
    /// heard of the cluster in the time that is borne is true.
    private func hungOverEnd(of fault: APIFault, _ cluster: ClusterID, _ event: Record.Event) -> Bool {
        let end = fault.span.upperBound
        let answers = chronicle.answers.filter { $0.cluster == cluster && $0.receivedAt <= event.at + .second }
        guard let last = answers.last, last.sentAt <= end, last.receivedAt > end
        else { return false }
        return wasAnswered(fault.scope, not: cluster, in: end...last.receivedAt)
    }

    /// Whether a cluster failed once more by itself, after others had been answered again.
    private func failedAfter(_ fault: APIFault, _ cluster: ClusterID, _ event: Record.Event) -> Bool {
        let end = fault.span.upperBound
        let last = chronicle.answers.last { $0.cluster == cluster && $0.receivedAt <= event.at + .second }
        guard let last, last.kind == .failed, last.sentAt > end else { return false }
        return wasAnswered(fault.scope, not: cluster, in: end...last.sentAt)
    }

    /// Whether another cluster of the account got an answer; that one is not there is an answer, too.
    private func wasAnswered(_ scope: AccountRegion, not cluster: ClusterID, in span: ClosedRange<Millis>) -> Bool {
        let others = scenario.tasks(in: scope).map(\.cluster.id).filter { $0 != cluster }
        return chronicle.answers.contains { answer in
            others.contains(answer.cluster) && answer.kind != .failed && span.contains(answer.receivedAt)
        }
    }

    private func hasGoneCluster(account: String, before event: Record.Event) -> Bool {
        scenario.tasks.contains { task in
            task.cluster.scope.account == account
                && record.changes(of: task.cluster.id).last { $0.seq < event.seq }?.to?.isGone == true
        }
    }

    /// A cluster that fails alone is reported once, and its account is not.
    private func clusterFaults() -> [String] {
        scenario.apiFaults.filter { $0.cluster != nil && $0.isTotal && $0.kind != .notFound }.flatMap {
            fault -> [String] in
            let tasks = scenario.tasks(in: fault.scope)
            guard tasks.count > 1 else { return [] }
            let span = fault.span.lowerBound...(fault.span.upperBound + Self.slack)
            let reported = record.events.filter {
                $0.kind == .pollFailing && $0.account == fault.scope.account && span.contains($0.at)
            }
            var breaches: [String] = []
            let own = reported.filter { $0.cluster == fault.cluster }
            if own.count > 1 { breaches.append("one fault of \(own[0].line), reported in events \(own.map(\.seq))") }
            // The others are there, and well, as their last answers have shown.
            let others = tasks.filter { $0.cluster.id != fault.cluster }
            let othersAreWell = others.allSatisfy { other in
                !failedBefore(fault, other.cluster.id)
                    && other.phases[other.phase(at: fault.span.lowerBound)...other.phase(at: fault.span.upperBound)]
                        .allSatisfy { $0.status != nil }
            }
            let ofAccount = reported.filter { event in
                guard event.cluster == nil else { return false }
                // One call in many fails by chance: it is made once more, and may fail again.
                let least = tasks.count < 5 ? 2 : 1
                return others.contains { failuresInRow($0.cluster.id, before: event) < least }
            }
            if othersAreWell, !ofAccount.isEmpty {
                breaches.append("a fault of \(fault.cluster?.rawValue ?? "") was reported as one of its account")
            }
            return breaches
        }
    }

    /// How many of the last answers that came for a cluster before an event were failures.
    private func failuresInRow(_ cluster: ClusterID, before event: Record.Event) -> Int {
        chronicle.answers.filter { $0.cluster == cluster && $0.receivedAt <= event.at }.reversed()
            .prefix { $0.kind == .failed }.count
    }

    /// It lasted longer than any cluster's silence is borne, and the daemon was there all the time.
    private func mustBeTold(_ fault: APIFault) -> Bool {
        let longest = max(scenario.schedule.failingAfter.millis, 5 * settled)
        let isPresent = scenario.tasks(in: fault.scope).allSatisfy { task in
            task.phases[task.phase(at: fault.span.lowerBound)...task.phase(at: fault.span.upperBound)]
                .allSatisfy { $0.status != nil }
        }
        return isPresent && fault.kind != .notFound
            && fault.span.upperBound - fault.span.lowerBound > longest + 2 * settled + Self.slack
            && chronicle.wasWell(fault.span, in: scenario)
    }

    private func hasFailingBefore(_ fault: APIFault, account: String) -> Bool {
        let before = record.events.last {
            $0.line == "@\(account)" && ($0.kind == .pollFailing || $0.kind == .pollRecovered)
                && $0.at < fault.span.lowerBound
        }
        return before?.kind == .pollFailing
    }
}
