import Model
import TestSupport

@testable import Alerts

/// Two weeks of one outbox in virtual time: events, receivers that fail in every way, crashes, reloads, a disk that is
/// full now and then, an operator who retries what is dead. All of it from one seed.
struct Weeks {
    /// A stretch of time in which a receiver misbehaves.
    struct Fault {
        enum Kind: CaseIterable {
            case down, throttles, throttlesSilently, refusesRich, refuses, isBroken, losesAnswers, isSlow
        }

        let kind: Kind
        let from: Timestamp
        let until: Timestamp
    }

    /// One request to a receiver.
    struct Sent {
        let start: Start
        let at: Timestamp
        var endsAt: Timestamp
        /// The receiver has the message, whatever it answers.
        var isTaken: Bool
        let outcome: DeliveryOutcome
        /// The process ended before the answer.
        var isCutOff = false
    }

    static let begin = Sample.now
    private static let eventDays: Int64 = 5
    private static let faultDays: Int64 = 6
    private static let end = begin.advanced(by: .seconds(14 * 86_400))

    /// Kept up for a day, so that some faults outlast it.
    private static let delivery = DeliverySettings(giveUpAfter: .seconds(86_400))

    static let plans: [TargetPlan] = [
        TargetPlan(name: "steady", delivery: delivery, concurrency: 4),
        TargetPlan(name: "hook", delivery: delivery, concurrency: 4),
        TargetPlan(
            name: "chat", delivery: delivery, pace: Pace(RateLimit(count: 18, per: .seconds(60)), burst: 6),
            throttlePauses: [.seconds(60), .seconds(600)], digestCapacity: 10),
        TargetPlan(
            name: "robot", delivery: delivery, pace: Pace(RateLimit(count: 6, per: .seconds(60)), burst: 2),
            digestCapacity: 20, avoidsHalfHours: true, credential: CredentialFingerprint("one robot")),
        TargetPlan(
            name: "twin", delivery: delivery, pace: Pace(RateLimit(count: 6, per: .seconds(60)), burst: 2),
            digestCapacity: 20, avoidsHalfHours: true, credential: CredentialFingerprint("one robot")),
        TargetPlan(
            name: "pager", delivery: delivery, concurrency: 4, pace: Pace(RateLimit(count: 36, per: .seconds(60)))),
    ]

    private(set) var now = begin
    private(set) var store = ModelStore()
    private(set) var sent: [Sent] = []
    /// `target_failing` and `target_recovered`, in their order.
    private(set) var troubles: [Event] = []
    private(set) var crashes: [(at: Timestamp, until: Timestamp)] = []
    /// Retried by hand: they come out of turn.
    private(set) var retried: Set<AlertKey> = []
    /// When each alert was given up last.
    private(set) var deaths: [AlertKey: Timestamp] = [:]
    private(set) var hasSpun = false

    private var random: SeededGenerator
    private var outbox: Outbox
    private var faults: [String: [Fault]] = [:]
    private var agenda: [(at: Timestamp, event: Event)] = []
    private var interruptions: [(at: Timestamp, isCrash: Bool)] = []
    /// Requests under way: indices of `sent`.
    private var underWay: [Int] = []
    private var restUntil = begin

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        outbox = Outbox(plans: Self.plans, at: Self.begin)
        planFaults()
        planEvents()
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            interruptions.append((moment(within: Self.faultDays), Bool.random(using: &random)))
        }
        interruptions.sort { $0.at < $1.at }
    }

    // MARK: - What is to happen

    private mutating func moment(within days: Int64) -> Timestamp {
        Self.begin.advanced(by: .milliseconds(Int64.random(in: 0..<(days * 86_400_000), using: &random)))
    }

    private mutating func planFaults() {
        for plan in Self.plans where plan.name != "steady" {
            faults[plan.name] = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                let from = moment(within: Self.faultDays)
                // A minute, hours, or longer than anything is kept up.
                let longest = [60, 7200, 43_200, 2 * 86_400].randomElement(using: &random) ?? 60
                return Fault(
                    kind: Fault.Kind.allCases.randomElement(using: &random) ?? .down, from: from,
                    until: from.advanced(by: .seconds(Int64.random(in: 1...Int64(longest), using: &random))))
            }
        }
    }

    private mutating func planEvents() {
        let kinds: [EventKind] = [.completed, .failed, .restarted, .stalled]
        for _ in 0..<80 {
            let cluster = "pm-\(Int.random(in: 1...12, using: &random))"
            agenda.append(
                (
                    moment(within: Self.eventDays),
                    Sample.event(kinds.randomElement(using: &random) ?? .failed, cluster: ClusterID(cluster))
                ))
        }
        // Accounts, whose events are of no cluster.
        for _ in 0..<15 {
            var event = Sample.event(Bool.random(using: &random) ? .pollFailing : .pollRecovered, cluster: nil)
            event.account = ["default", "other", "third"].randomElement(using: &random)
            agenda.append((moment(within: Self.eventDays), event))
        }
        // A storm: more at once than a minute lets through.
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let at = moment(within: Self.eventDays)
            for number in 0..<Int.random(in: 20...60, using: &random) {
                let event = Sample.event(
                    number % 9 == 0 ? .failed : .completed, cluster: ClusterID("pm-s\(number % 40)"))
                agenda.append((at.advanced(by: .milliseconds(Int64(number) * 7)), event))
            }
        }
        // A first look at tasks that ended long ago.
        let firstLook = moment(within: Self.eventDays)
        for number in 0..<Int.random(in: 0...25, using: &random) {
            var event = Sample.event(.failed, cluster: ClusterID("pm-old\(number)"), sighting: .firstSeen)
            event.endedLongAgo = true
            agenda.append((firstLook.advanced(by: .milliseconds(Int64(number) * 500)), event))
        }
        agenda.sort { $0.at < $1.at }
        agenda.reverse()
    }

    // MARK: - Running

    mutating func run() {
        var turnsInPlace = 0
        while now < Self.end {
            takeInterruption()
            recordEvents()
            finishAttempts()
            startAttempts()
            guard let next = nextMoment() else { return }
            turnsInPlace = next > now ? 0 : turnsInPlace + 1
            if turnsInPlace > 100 {
                hasSpun = true
                return
            }
            now = max(now, next)
        }
    }

    private func nextMoment() -> Timestamp? {
        let times = [
            agenda.last?.at, interruptions.first?.at, underWay.map { max(sent[$0].endsAt, restUntil) }.min(),
            outbox.nextFetchAt(after: now).map { max($0, restUntil) },
        ]
        return times.compactMap { $0 }.min()
    }

    private mutating func recordEvents() {
        while let next = agenda.last, next.at <= now {
            agenda.removeLast()
            record(next.event, for: Self.plans.map(\.name))
        }
        // Now and then somebody looks after what is dead.
        guard Int.random(in: 0..<200, using: &random) == 0 else { return }
        for (key, row) in store.rows.sorted(by: { ($0.key.seq, $0.key.target) < ($1.key.seq, $1.key.target) })
        where row.state == .dead && Bool.random(using: &random) {
            store.retry(key, at: now)
            retried.insert(key)
            outbox.wake([key.target], at: now)
        }
    }

    private mutating func record(_ event: Event, for targets: [String]) {
        var event = event
        event.observedAt = now
        store.record(event, for: targets, at: now)
        outbox.wake(targets, at: now)
    }

    private mutating func takeInterruption() {
        guard let next = interruptions.first, next.at <= now else { return }
        interruptions.removeFirst()
        guard next.isCrash else {
            outbox.configure(Self.plans, records: Array(store.targets.values), at: now)
            return
        }
        for index in underWay {
            sent[index].isCutOff = true
            // It may have come through all the same.
            sent[index].isTaken = sent[index].isTaken && Bool.random(using: &random)
        }
        underWay = []
        let until = now.advanced(by: .seconds(Int64.random(in: 1...1800, using: &random)))
        crashes.append((now, until))
        now = until
        outbox = Outbox(plans: Self.plans, records: Array(store.targets.values), at: now)
    }

    private mutating func startAttempts() {
        guard restUntil <= now else { return }
        let fetches = outbox.fetches(at: now)
        guard !fetches.isEmpty else { return }
        let decision = outbox.decide(fetches.map(store.offer), at: now)
        guard commit(decision) else { return }
        for start in decision.starts { send(start) }
    }

    private mutating func finishAttempts() {
        guard restUntil <= now else { return }
        let ended = underWay.filter { sent[$0].endsAt <= now }
        guard !ended.isEmpty else { return }
        let finished = ended.map { index in
            let sent = sent[index]
            return FinishedAttempt(
                sent.start, startedAt: sent.at, duration: sent.endsAt.since(sent.at),
                verdict: Verdict(sent.outcome, code: "test", reason: "as planned"))
        }
        let decision = outbox.decide(finished, at: now, using: &random)
        guard commit(decision) else {
            for index in ended { sent[index].endsAt = restUntil }
            return
        }
        underWay.removeAll { ended.contains($0) }
    }

    /// - Returns: whether the disk took it.
    private mutating func commit(_ decision: OutboxDecision) -> Bool {
        if decision.needsCommit, Int.random(in: 0..<100, using: &random) == 0 {
            restUntil = now.advanced(by: .seconds(1))
            return false
        }
        store.commit(decision)
        outbox.apply(decision)
        for settlement in decision.settlements where settlement.state == .dead { deaths[settlement.alert] = now }
        for event in decision.events {
            troubles.append(event)
            record(event, for: Self.plans.map(\.name).filter { $0 != event.target })
        }
        return true
    }

    // MARK: - Receivers

    private mutating func send(_ start: Start) {
        let fault = faults[start.target]?.first { $0.from <= now && now < $0.until }
        var latency = Duration.milliseconds(Int64.random(in: 20...400, using: &random))
        var isTaken = false
        let outcome: DeliveryOutcome
        switch fault?.kind {
        case nil:
            isTaken = true
            outcome = Int.random(in: 0..<10, using: &random) == 0 ? .accepted : .delivered
        case .isSlow:
            isTaken = true
            latency = .seconds(19)
            outcome = .delivered
        case .down:
            latency = .seconds(5)
            outcome = .tryAgain(retryAfter: nil)
        case .losesAnswers:
            isTaken = true
            latency = .seconds(20)
            outcome = .tryAgain(retryAfter: nil)
        case .throttles:
            outcome = .throttled(retryAfter: .seconds(Int64.random(in: 1...7200, using: &random)))
        case .throttlesSilently: outcome = .throttled(retryAfter: nil)
        case .refusesRich:
            isTaken = start.asPlainText
            outcome = start.asPlainText ? .delivered : .messageRefused
        case .refuses: outcome = .messageRefused
        case .isBroken: outcome = .targetBroken
        }
        underWay.append(sent.count)
        sent.append(
            Sent(start: start, at: now, endsAt: now.advanced(by: latency), isTaken: isTaken, outcome: outcome))
    }
}
