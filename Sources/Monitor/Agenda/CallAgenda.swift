import Model

/// What a call is about. There is one call about a subject at a time.
enum CallSubject: Hashable, Sendable {
    /// The status of a task.
    case task(TaskIndex)
    /// The next page of an instance's tasks.
    case list(InstanceIndex)
    /// How far a training is.
    case progress(TaskIndex)
    /// The last lines of the log of a training that failed.
    case log(TaskIndex)
}

/// Which calls of one account and region come next, when, and whether the quota has one left. All calls are paid from
/// one budget. It knows nothing of what the answers say.
struct CallAgenda: Sendable {
    private struct Entry: Sendable {
        /// When the call is made, or was due if it is under way.
        var due: MonotonicInstant
        /// Of the call that is under way; else of the entry in a queue, to tell it from outdated ones.
        var number: UInt64
        var isUnderWay = false
    }

    private(set) var budget: CallBudget
    private let mostUnderWay: Int
    /// Between two polls of a training.
    private let running: Duration
    private var recent = RecentCalls()
    private var shares = CallShares()
    private var logShare = LogShare()
    /// One for each class, and one of logs.
    private var queues = [DueQueue<CallSubject>](repeating: DueQueue(), count: CallClass.allCases.count + 1)
    private var entries: [CallSubject: Entry] = [:]
    private var entryCount: UInt64 = 0
    private var underWay = 0

    /// - Parameters:
    ///   - tokens: how many calls are left of the budget; nil: it is full.
    ///   - mostUnderWay: so many calls at once, logs not counted.
    ///   - running: the interval between two polls of a training.
    init(
        _ quota: QuotaSettings, tokens: Double? = nil, mostUnderWay: Int, running: Duration, at now: MonotonicInstant
    ) {
        budget = CallBudget(quota, tokens: tokens, at: now)
        self.mostUnderWay = mostUnderWay
        self.running = running
    }

    /// Goes on with what another agenda of the account has spent and what slows it down, under a new quota.
    mutating func goOn(from old: CallAgenda, at now: MonotonicInstant) {
        let quota = budget.settings
        budget = old.budget
        if quota != old.budget.settings { budget.change(to: quota, at: now) }
        recent = old.recent
        shares = old.shares
        logShare = old.logShare
    }

    // MARK: - Planning

    /// Plans the next call about a subject, in place of the one that was planned. While a call is under way nothing is
    /// planned: whoever ends it plans the next one.
    mutating func plan(_ subject: CallSubject, at due: MonotonicInstant, as kind: CallClass) {
        plan(subject, at: due, in: kind.rawValue)
    }

    /// Plans to read the log of a failure.
    mutating func planLog(_ task: TaskIndex, at due: MonotonicInstant) {
        plan(.log(task), at: due, in: Self.logQueue)
    }

    private static let logQueue = CallClass.allCases.count

    private mutating func plan(_ subject: CallSubject, at due: MonotonicInstant, in queue: Int) {
        guard !isUnderWay(subject) else { return }
        entryCount += 1
        entries[subject] = Entry(due: due, number: entryCount)
        queues[queue].insert(subject, number: entryCount, due: due)
    }

    /// Whether a call about the subject is planned for later than an instant.
    func isPlanned(_ subject: CallSubject, after instant: MonotonicInstant) -> Bool {
        guard let entry = entries[subject], !entry.isUnderWay else { return false }
        return entry.due > instant
    }

    /// When the next call is due; if it is under way, when that one was. Nil if none was ever planned.
    func due(of subject: CallSubject) -> MonotonicInstant? { entries[subject]?.due }

    /// Plans no call about the subject any more; the result of one that is under way means nothing.
    mutating func forget(_ subject: CallSubject) {
        end(subject)
        entries[subject] = nil
    }

    // MARK: - Calls under way

    func isUnderWay(_ subject: CallSubject) -> Bool { entries[subject]?.isUnderWay ?? false }

    /// The number of the call that is under way.
    func call(about subject: CallSubject) -> UInt64? {
        guard let entry = entries[subject], entry.isUnderWay else { return nil }
        return entry.number
    }

    /// The next call that is due and paid for. It is under way from now on.
    mutating func takeNext(as number: UInt64, at now: MonotonicInstant) -> CallSubject? {
        var due = CallClasses()
        if underWay < mostUnderWay {
            for kind in CallClass.allCases where isDue(kind.rawValue, at: now) { due.insert(kind) }
        }
        if isDue(Self.logQueue, at: now), due.isEmpty || logShare.isNext {
            guard budget.spend(at: now) else { return nil }
            logShare.noteLog()
            return takeFirst(of: Self.logQueue, as: number)
        }
        guard !due.isEmpty, budget.spend(at: now),
            let kind = shares.next(of: due, isOverQuota: isOverQuota(at: now))
        else { return nil }
        logShare.noteOther()
        return takeFirst(of: kind.rawValue, as: number)
    }

    private mutating func takeFirst(of queue: Int, as number: UInt64) -> CallSubject? {
        guard let entry = queues[queue].removeFirst() else { return nil }
        begin(entry.item, as: number, due: entry.due)
        return entry.item
    }

    /// Whether a call of a queue is due. Outdated entries at its head are dropped.
    private mutating func isDue(_ queue: Int, at now: MonotonicInstant) -> Bool {
        while let head = queues[queue].first {
            if isCurrent(head) { return head.due <= now }
            queues[queue].removeFirst()
        }
        return false
    }

    /// A call about the subject is under way, whatever was planned.
    mutating func begin(_ subject: CallSubject, as number: UInt64, due: MonotonicInstant) {
        end(subject)
        entries[subject] = Entry(due: due, number: number, isUnderWay: true)
        if !subject.isLog { underWay += 1 }
    }

    /// The call about the subject is over; `plan` follows. No entry of a queue has the number 0.
    mutating func end(_ subject: CallSubject) {
        guard isUnderWay(subject) else { return }
        entries[subject]?.isUnderWay = false
        entries[subject]?.number = 0
        if !subject.isLog { underWay -= 1 }
    }

    /// When there may be a call to make, if none ends before.
    func nextWake(after now: MonotonicInstant) -> MonotonicInstant? {
        var next = queues[Self.logQueue].first.map { max($0.due, budget.nextCall(after: now)) }
        if underWay < mostUnderWay, let due = queues.dropLast().lazy.compactMap({ $0.first?.due }).min() {
            let wake = max(due, budget.nextCall(after: now))
            next = min(next ?? wake, wake)
        }
        return next
    }

    private func isCurrent(_ head: DueQueue<CallSubject>.Entry) -> Bool {
        guard let entry = entries[head.item] else { return false }
        return !entry.isUnderWay && entry.number == head.number
    }

    // MARK: - The quota

    /// Whether the quota makes polls wait far longer than the schedule wants.
    func isOverQuota(at now: MonotonicInstant) -> Bool {
        guard let due = queues[CallClass.running.rawValue].first?.due else { return false }
        return now.since(due) > running * 2
    }

    /// How late the most overdue call is; zero if none is overdue. Readings of progress do not count: they give way on
    /// purpose.
    func lag(at now: MonotonicInstant) -> Duration {
        queues.indices.reduce(.zero) { longest, queue in
            guard queue != CallClass.progress.rawValue, let head = queues[queue].first, isCurrent(head) else {
                return longest
            }
            return max(longest, now.since(head.due))
        }
    }

    /// Whether a log that is asked for now may be read before a deadline.
    ///
    /// - Parameter waiting: how many logs of the account are being read or wait.
    func canReadLog(waiting: Int, before deadline: MonotonicInstant, at now: MonotonicInstant) -> LogShare.Answer {
        guard waiting < LogShare.most else { return .tooMany }
        guard !logShare.isPaused(at: now), budget.nextCall(after: now) < deadline else {
            return .noQuota
        }
        return .yes
    }

    /// Records how a call ended: the account is slowed down if the API throttles it, or if half of its calls fail.
    ///
    /// - Returns: why it was slowed down; nil if it was not, or was slow already.
    mutating func note(_ end: CallEnd, about subject: CallSubject, at now: MonotonicInstant) -> FailureReason? {
        let wasSlowed = budget.isSlowed(at: now)
        switch (subject, end) {
        case (.log, .throttled(let retryAfter)):
            logShare.pause(for: retryAfter, at: now)
            return nil
        case (_, .throttled(let retryAfter)):
            budget.slowDown(retryAfter: retryAfter, at: now)
            return wasSlowed ? nil : .throttled
        case (.log, _), (.progress, _):
            // Only what is about the account as a whole counts.
            return nil
        case (_, .transient(let reason)):
            guard recent.note(failed: true) else { return nil }
            budget.slowDown(retryAfter: nil, at: now)
            return wasSlowed ? nil : reason
        case (_, .good), (_, .refused):
            _ = recent.note(failed: false)
            return nil
        }
    }
}

extension CallSubject {
    fileprivate var isLog: Bool {
        if case .log = self { true } else { false }
    }
}
