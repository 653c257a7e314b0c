import Model

/// The calls that were ordered and whose results are awaited, each with the time by which it has to come.
///
/// A call that does not end is not a good answer. Whoever makes it may hang for reasons that no timeout of its own
/// covers: a program that gives credentials, a mount that is gone.
struct CallsUnderWay: Sendable {
    struct Call: Sendable {
        let order: PollOrder
        /// Nil if it is not watched any more.
        fileprivate(set) var subject: CallSubject?
        /// What was watched has changed since the call was made: its result means nothing.
        fileprivate(set) var isVoid = false
        let limit: Duration
        fileprivate(set) var deadline: MonotonicInstant
    }

    private var calls: [UInt64: Call] = [:]
    /// No call is overdue before this; nil if none is under way. A lower bound, so that calls that end in time, which is
    /// nearly all, need no queue of deadlines.
    private(set) var nextCheck: MonotonicInstant?

    private static let longestPause = Duration.seconds(30)
    private static let extraTime = Duration.seconds(15)

    subscript(number: UInt64) -> Call? { calls[number] }

    mutating func begin(_ order: PollOrder, about subject: CallSubject, limit: Duration, at now: MonotonicInstant) {
        let deadline = now.advanced(by: limit)
        calls[order.number] = Call(order: order, subject: subject, limit: limit, deadline: deadline)
        nextCheck = min(nextCheck ?? deadline, deadline)
    }

    @discardableResult
    mutating func end(_ number: UInt64) -> Call? {
        let call = calls.removeValue(forKey: number)
        if calls.isEmpty { nextCheck = nil }
        return call
    }

    /// The call for a task's status that nobody waits for any more: made for an earlier watch.
    func orphan(of cluster: ClusterID) -> Call? {
        calls.values.first { call in
            if call.subject == nil, case .describeTask(cluster, _) = call.order.call { true } else { false }
        }
    }

    mutating func assign(_ number: UInt64, to subject: CallSubject, isVoid: Bool) {
        calls[number]?.subject = subject
        calls[number]?.isVoid = isVoid
    }

    /// Says anew what each call is about.
    ///
    /// - Parameter body: returns the subject, and whether the result means nothing for it.
    mutating func reassign(_ body: (Call) -> (CallSubject?, isVoid: Bool)) {
        calls = calls.mapValues { call in
            var call = call
            (call.subject, call.isVoid) = body(call)
            return call
        }
    }

    var all: some Collection<Call> { calls.values }

    /// The calls whose time is up, in the order in which they began.
    ///
    /// If nobody asked for long, the host was frozen or its disk: the calls get a little more time then.
    mutating func overdue(at now: MonotonicInstant) -> [Call] {
        guard let nextCheck, nextCheck <= now, !Planted.isOn(.hangingForEver) else { return [] }
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
    }
}
