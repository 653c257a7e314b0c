import Model
import Monitor
import Systemd

/// Looks for the reasons of a failure: the last lines of the training's log, which go with the alert.
///
/// Between the answer and its decision, so that they are stored with the event, in its commit. They are worth a short
/// wait and no more: whatever becomes of the search, the answer goes on as it came.
struct FailureReasons: Sendable {
    let poller: any TaskPoller
    let loop: PollLoop
    let announcer: Announcer
    /// How much later a failure may be told for its reasons, waiting for a token of the budget included.
    let limit: Duration

    /// - Returns: the outcome, with the last lines where it tells a failure and they could be had.
    func added(to outcome: CallOutcome, of order: PollOrder) async -> CallOutcome {
        guard case .task(.answer(var observation)) = outcome, observation.status.isFailed,
            let cluster = order.call.cluster
        else { return outcome }
        observation.logLines = await lines(of: cluster, order, observation.facts)
        return .task(.answer(observation))
    }

    private func lines(of cluster: ClusterID, _ order: PollOrder, _ facts: TaskFacts) async -> [String] {
        // Not waited for after that, whatever hangs in it.
        let result = await withTimeLimit(limit) { await search(cluster, order, facts) }
        switch result ?? .failed("it took longer than \(DurationText.write(limit))") {
        case .found(let lines): return lines
        case .cancelled: return []
        case .failed(let why):
            // A stop cuts the search short: the next start polls again, and looks again.
            guard !Task.isCancelled else { return [] }
            announcer.write(
                JournalEntry(
                    "The failure of \(cluster) is told without the last lines of its log: \(why)",
                    priority: .notice, fields: [(.taskID, cluster.rawValue)]))
            return []
        }
    }

    private enum SearchEnd: Sendable {
        case found([String])
        case failed(String)
        case cancelled
    }

    private func search(_ cluster: ClusterID, _ order: PollOrder, _ facts: TaskFacts) async -> SearchEnd {
        guard await loop.beginSideCall(in: order.scope) else {
            return .failed("others failed at the same time, and their logs are being read")
        }
        let end = await paidSearch(cluster, order, facts)
        await loop.endSideCall(in: order.scope)
        return end
    }

    private func paidSearch(_ cluster: ClusterID, _ order: PollOrder, _ facts: TaskFacts) async -> SearchEnd {
        let clock = SystemClock()
        let deadline = clock.now().monotonic.advanced(by: limit)
        while let delay = await loop.payForSideCall(in: order.scope) {
            guard case .until(let instant) = delay, instant < deadline else {
                return .failed("the quota leaves no call for it")
            }
            let wait = max(.milliseconds(1), instant.since(clock.now().monotonic))
            guard (try? await Task.sleep(for: wait)) != nil else { return .cancelled }
        }
        do {
            return .found(try await poller.lastLogLines(of: cluster, order, facts))
        } catch {
            if error.reason == .throttled {
                await loop.sideCallWasThrottled(in: order.scope, retryAfter: error.retryAfter)
            }
            return .failed(error.message)
        }
    }
}
