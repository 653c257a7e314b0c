import Model
import Monitor

/// The API as the poller sees it: answers an order by what the scenario says of that moment.
struct VirtualAPI {
    enum AnswerKind: Hashable {
        case good(phase: Int)
        case notFound
        case failed
    }

    struct Reply {
        let outcome: PollOutcome
        let kind: AnswerKind
        let latency: Millis
    }

    private let tasks: [ClusterID: SimulatedTask]
    private let faults: [APIFault]
    private var random: SeededRandom

    init(_ scenario: Scenario) {
        tasks = Dictionary(uniqueKeysWithValues: scenario.tasks.map { ($0.cluster.id, $0) })
        faults = scenario.apiFaults
        random = SeededRandom(seed: scenario.seed, stream: 6)
    }

    mutating func answer(_ order: PollOrder, at now: Millis) -> Reply {
        let latency = random.millis(1...8) * 50
        guard let task = tasks[order.cluster] else { return failure(.configuration, latency) }
        if let fault = faults.first(where: { $0.span.contains(now) && $0.concerns(task.cluster) }) {
            var kind = fault.kind
            if kind == .flapping {
                kind = random.pick([.flapping, .flapping, .server, .timeout, .malformed, .notFound, .network])
            }
            if let reply = faulty(kind, latency) { return reply }
        } else if random.chance(0.002), let reply = faulty(random.pick(APIFault.Kind.allCases), latency) {
            return reply
        }
        return good(task, order, at: now, latency)
    }

    private func good(_ task: SimulatedTask, _ order: PollOrder, at now: Millis, _ latency: Millis) -> Reply {
        let number = task.phase(at: now)
        let phase = task.phases[number]
        guard let status = phase.status else { return failure(.notFound, latency) }
        let digest = BodyDigest(high: UInt64(number), low: 1)
        let requestID = "request-\(order.cluster)-\(now)"
        let outcome: PollOutcome =
            order.known == digest
            ? .unchanged(requestID: requestID)
            : .answer(
                Observation(
                    status: status, facts: phase.facts, requestID: requestID, body: Array("{}".utf8), digest: digest))
        return Reply(outcome: outcome, kind: .good(phase: number), latency: latency)
    }

    private mutating func faulty(_ kind: APIFault.Kind, _ latency: Millis) -> Reply? {
        switch kind {
        case .flapping: nil
        case .server: failure(.server, latency, code: "ServiceUnavailable", status: 503)
        case .timeout: failure(.timeout, 10 * .second)
        case .malformed: failure(.malformed, latency, status: 200)
        case .network: failure(.network, latency)
        case .tls: failure(.tls, latency)
        case .credentials: failure(.credentials, latency, code: "InvalidAccessKeyId.NotFound", status: 404)
        case .permission: failure(.permission, latency, code: "Forbidden.RAM", status: 403)
        case .unknownCode: failure(.unknown, latency, code: "Strange.Thing", status: 400)
        case .notFound: failure(.notFound, latency, code: "InvalidDBClusterId.NotFound", status: 404)
        case .throttled:
            failure(
                .throttled, latency, code: "Throttling.User", status: 400,
                retryAfter: random.chance(0.5) ? .milliseconds(random.millis(.second...(3 * .minute))) : nil)
        }
    }

    private func failure(
        _ reason: FailureReason, _ latency: Millis, code: String? = nil, status: Int? = nil, retryAfter: Duration? = nil
    ) -> Reply {
        let failure = PollFailure(
            reason: reason, code: code, httpStatus: status, message: "simulated: \(reason.rawValue)",
            retryAfter: retryAfter)
        return Reply(outcome: .failure(failure), kind: reason == .notFound ? .notFound : .failed, latency: latency)
    }
}
