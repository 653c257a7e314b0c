package import Model

/// The calls that were ordered and whose results are awaited, each with the time by which it has to come.
///
/// A call that does not end is no good answer. Whoever makes it may hang for reasons that no timeout of its own covers: a
/// program that gives credentials, a mount that is gone.
struct CallsUnderWay: Sendable {
    private struct Call: Sendable {
        let order: PollOrder
        var deadline: MonotonicInstant
        let limit: Duration
    }

    private var calls: [UInt64: Call] = [:]
    /// No call is overdue before this; nil if none is under way. A lower bound, so that calls that end in time, which is
    /// nearly all, need no queue of deadlines.
    private(set) var nextCheck: MonotonicInstant?

    mutating func begin(_ order: PollOrder, limit: Duration, at now: MonotonicInstant) {
        let deadline = now.advanced(by: limit)
        calls[order.number] = Call(order: order, deadline: deadline, limit: limit)
        nextCheck = min(nextCheck ?? deadline, deadline)
    }

    private static let longestPause = Duration.seconds(30)
    private static let extraTime = Duration.seconds(15)

    func contains(_ number: UInt64) -> Bool { calls[number] != nil }

    mutating func end(_ numbers: [UInt64]) {
        for number in numbers { calls[number] = nil }
        if calls.isEmpty { nextCheck = nil }
    }

    /// The calls whose time is up, in the order in which they began, with the time that each had.
    ///
    /// If nobody asked for long, the host was frozen or its disk: the calls get a little more time then.
    mutating func overdue(at now: MonotonicInstant) -> [(order: PollOrder, limit: Duration)] {
        guard let nextCheck, nextCheck <= now else { return [] }
        if now.since(nextCheck) > Self.longestPause {
            let extended = now.advanced(by: Self.extraTime)
            calls = calls.mapValues { call in
                var call = call
                call.deadline = max(call.deadline, extended)
                return call
            }
            self.nextCheck = extended
            return []
        }
        self.nextCheck = calls.values.lazy.map(\.deadline).filter { $0 > now }.min()
        return calls.values.filter { $0.deadline <= now }.sorted { $0.order.number < $1.order.number }
            .map { ($0.order, $0.limit) }
    }
}

extension TaskMonitor {
    /// Calls that did not end in time, as failures: to be decided like any other result. A result that comes later is
    /// passed over.
    package mutating func overdueCalls(at now: Moment) -> [PollResult] {
        underWay.overdue(at: now.monotonic).map { order, limit in
            let failure = PollFailure(
                reason: .timeout,
                message:
                    "the call did not end within \(DurationText.write(limit)) and was given up; check the endpoint, "
                    + "the proxy and where the credentials come from: a program, file or metadata service may hang")
            return PollResult(order, outcome: .failed(failure, order.call), at: now)
        }
    }

    /// How long a call of an account may take, with all that comes before it and with a few repetitions; but no longer
    /// than the account may be silent, if that leaves time for a slow answer.
    func callLimit(of scope: Int) -> Duration {
        let timeout = min(scopes[scope].timeout, .seconds(3600))
        let silence = intervals.silenceLimit(plain: intervals.running)
        return min(.seconds(90) + timeout * 3, max(.seconds(15) + timeout, silence))
    }
}
