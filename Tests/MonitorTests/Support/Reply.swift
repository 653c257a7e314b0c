import Model

/// What the scripted API says.
enum Reply: Hashable {
    case status(String, TaskFacts = TaskFacts())
    case failure(FailureReason, retryAfter: Duration? = nil)

    static let activation = Reply.status("ACTIVATION")
    static let completed = Reply.status("COMPLETED")
    static let failed = Reply.status("FAILED")
    static let notFound = Reply.failure(.notFound)
    static let server = Reply.failure(.server)
    static let throttled = Reply.failure(.throttled)

    /// A status with the times of the run, in seconds.
    static func run(_ status: String, started: Int64? = nil, completed: Int64? = nil) -> Reply {
        .status(
            status,
            TaskFacts(
                startedAt: started.map { Timestamp(milliseconds: $0 * 1000) },
                completedAt: completed.map { Timestamp(milliseconds: $0 * 1000) }))
    }

    var isGood: Bool {
        if case .status = self { true } else { false }
    }

    func outcome(known: BodyDigest?) -> PollOutcome {
        switch self {
        case .status(let word, let facts):
            let status = ClusterStatus(outside: .string(word)) ?? ClusterStatus(word)
            let digest = digest
            if digest == known { return .unchanged(requestID: "r") }
            var observation = Observation(
                status: status, facts: facts, requestID: "r", body: Array(word.utf8), digest: digest)
            observation.unreadTimes = [UnreadTime("StartTime", facts.unreadStart)].compactMap(\.self)
            return .answer(observation)
        case .failure(let reason, let retryAfter):
            return .failure(PollFailure(reason: reason, message: "\(reason)", requestID: "r", retryAfter: retryAfter))
        }
    }

    /// Tells answers apart; the same in every run, which Hasher's is not.
    private var digest: BodyDigest {
        guard case .status(let word, let facts) = self else { return BodyDigest(high: 0, low: 0) }
        let times = [facts.startedAt, facts.completedAt].map { UInt64(bitPattern: $0?.milliseconds ?? -1) }
        return BodyDigest(high: TextHash.of(word) &+ times[0], low: times[1])
    }
}
