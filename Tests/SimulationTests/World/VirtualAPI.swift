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
        let outcome: CallOutcome
        /// Nil for what is not a poll of a task's status.
        let kind: AnswerKind?
        let latency: Millis
    }

    private let tasks: [ClusterID: SimulatedTask]
    private let lists: [String: SimulatedList]
    private let faults: [APIFault]
    private let stumbleRate: Double
    private(set) var marks = Marks()
    private var random: SeededRandom
    /// Calls that were granted where they are scarce, by minute.
    private var granted: [AccountRegion: (minute: Millis, calls: Int)] = [:]

    private static let grantedPerMinute = 2
    /// When a call comes back that nobody waits for: after minutes, or never.
    private static let late: [Millis] = [3 * .minute, 20 * .minute, 1000 * .day]

    init(_ scenario: Scenario) {
        tasks = Dictionary(uniqueKeysWithValues: scenario.tasks.map { ($0.cluster.id, $0) })
        lists = Dictionary(uniqueKeysWithValues: scenario.lists.map { ($0.key.id, $0) })
        faults = scenario.apiFaults
        stumbleRate = scenario.swarm.stumbleRate
        random = SeededRandom(seed: scenario.seed, stream: 6)
    }

    mutating func answer(_ order: PollOrder, at now: Millis) -> Reply {
        let reply = reply(order, at: now)
        guard case .task(.failure(let failure)) = reply.outcome else { return reply }
        if case .describeTask = order.call { return reply }
        return Reply(outcome: .failed(failure, order.call), kind: nil, latency: reply.latency)
    }

    private mutating func reply(_ order: PollOrder, at now: Millis) -> Reply {
        let latency = random.millis(1...8) * 50
        let task = order.call.cluster.flatMap { tasks[$0] }
        guard task != nil || order.call.listedInstance != nil else { return failure(.configuration, latency) }
        let fault = faults.first { fault in
            fault.span.contains(now)
                && (task.map { fault.concerns($0.cluster) } ?? (fault.cluster == nil && fault.scope == order.scope))
        }
        if let fault {
            var kind = fault.kind
            if kind == .flapping {
                kind = random.pick([.flapping, .flapping, .server, .timeout, .malformed, .notFound, .network])
            }
            if kind == .scarce, !grants(order.scope, at: now) { kind = .throttled }
            if kind == .hanging {
                // What it says then is out of date.
                return well(order, task, at: now, random.pick(Self.late))
            }
            if let reply = faulty(kind, latency) { return reply }
        } else if random.chance(stumbleRate), let reply = faulty(random.pick(APIFault.Kind.allCases), latency) {
            return reply
        }
        return well(order, task, at: now, latency)
    }

    private mutating func grants(_ scope: AccountRegion, at now: Millis) -> Bool {
        let minute = now / .minute
        let before = granted[scope].map { $0.minute == minute ? $0.calls : 0 } ?? 0
        granted[scope] = (minute, before + 1)
        return before < Self.grantedPerMinute
    }

    private mutating func well(_ order: PollOrder, _ task: SimulatedTask?, at now: Millis, _ latency: Millis) -> Reply {
        if case .listTasks(let instance, let page) = order.call, let list = lists[instance] {
            let all = tasks.values.filter { $0.cluster.scope == list.key.scope }.sorted {
                $0.cluster.id < $1.cluster.id
            }
            return Reply(
                outcome: .list(.success(list.page(page, of: all, at: now, using: &random, &marks))), kind: nil,
                latency: latency)
        }
        guard let task else { return failure(.configuration, latency) }
        switch order.call {
        case .describeTask(_, let known): return good(task, known, at: now, latency)
        case .readProgress: return progress(task, at: now, latency)
        case .listTasks: return failure(.configuration, latency)
        case .readLog(_, let facts):
            return Reply(outcome: .log(.success(task.logLines(of: facts))), kind: nil, latency: latency)
        }
    }

    /// A step every half a minute of a run that goes on; now and then with numbers and times that no training has.
    private mutating func progress(_ task: SimulatedTask, at now: Millis, _ latency: Millis) -> Reply {
        let phase = task.phases[task.phase(at: now)]
        let step = (now - phase.start) / (30 * .second)
        var points: [ProgressPoint] = []
        if phase.status == .activation, step > 0 {
            let total = (task.end(of: task.phase(at: now)) - phase.start) / (30 * .second)
            points = [
                ProgressPoint(
                    at: (phase.start + step * 30 * .second).timestamp, step: Int(step), totalSteps: Int(max(1, total)),
                    metrics: ["loss": .number(1 / Double(step))])
            ]
        }
        if random.chance(0.1) { points.append(oddPoint(at: now)) }
        var reading = ProgressReading(points: points.sorted { $0.at < $1.at })
        reading.answeredAt = now.timestamp
        return Reply(outcome: .progress(.success(reading)), kind: nil, latency: latency)
    }

    private mutating func oddPoint(at now: Millis) -> ProgressPoint {
        let number = [0, -1, 1 << 31, 1 << 53, .max, .min]
        let time = [.min, -1, 0, now.timestamp.milliseconds + 86_400_000, .max]
        return ProgressPoint(
            at: Timestamp(milliseconds: random.pick(time)), step: random.pick(number), totalSteps: random.pick(number),
            epoch: random.pick([0, -1, 1e308]), isEvaluation: random.chance(0.3),
            metrics: ["loss": .number(random.pick([0, -1.7e308, 1.7e308])), "text": .string("\u{202E}\u{7}")])
    }

    private func good(_ task: SimulatedTask, _ known: BodyDigest?, at now: Millis, _ latency: Millis) -> Reply {
        let number = task.phase(at: now)
        let phase = task.phases[number]
        guard let status = phase.status else { return failure(.notFound, latency) }
        let digest = BodyDigest(high: UInt64(number), low: 1)
        let requestID = "request-\(task.cluster.id)-\(now)"
        var observation = Observation(
            status: status, facts: phase.facts, requestID: requestID, body: Array("{}".utf8), digest: digest)
        observation.answeredAt = now.timestamp
        let outcome: PollOutcome = known == digest ? .unchanged(requestID: requestID) : .answer(observation)
        return Reply(outcome: .task(outcome), kind: .good(phase: number), latency: latency)
    }

    private mutating func faulty(_ kind: APIFault.Kind, _ latency: Millis) -> Reply? {
        switch kind {
        case .flapping, .scarce, .hanging: nil
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
        return Reply(
            outcome: .task(.failure(failure)), kind: reason == .notFound ? .notFound : .failed, latency: latency)
    }
}

extension PollCall {
    fileprivate var listedInstance: String? {
        if case .listTasks(let instance, _) = self { instance } else { nil }
    }
}
