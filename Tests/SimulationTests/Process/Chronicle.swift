import Model
import Monitor

/// What happened in a run, as the world saw it: what the checks hold the database against.
struct Chronicle {
    struct Answer {
        let cluster: ClusterID
        let kind: VirtualAPI.AnswerKind
        let sentAt: Millis
        let receivedAt: Millis
        let life: Int
        /// Nil: an access to the database failed or crashed in that turn, so that it may or may not count.
        var counted: Bool?
    }

    struct Life {
        let start: Millis
        var end: Millis
    }

    struct Breach: Error, CustomStringConvertible {
        let description: String
    }

    /// A step of the host's wall clock, and the last event before it.
    struct ClockStep {
        let lastSeq: Int64
        let ahead: Millis
    }

    /// A backup that took the place of the database.
    struct Restored {
        /// What was stored within it is lost.
        let lost: Range<Millis>
        /// The newest event of the backup.
        let lastSeq: Int64
    }

    var restored: Restored?
    var clockSteps: [ClockStep] = []
    var answers: [Answer] = []
    /// Tasks of which some log could not be read.
    var failedLogs: Set<ClusterID> = []
    /// When calls for lists and progress were throttled: no other call of the account is made for a while.
    private(set) var throttled: [(scope: AccountRegion, at: Millis)] = []

    mutating func note(_ reply: VirtualAPI.Reply, to order: PollOrder, at now: Millis) {
        switch reply.outcome {
        case .log(.failure): if let cluster = order.call.cluster { failedLogs.insert(cluster) }
        case .list(.failure(let failure)): noteThrottling(failure, order.scope, at: now)
        case .progress(.failure(let failure)): noteThrottling(failure, order.scope, at: now)
        default: break
        }
    }

    private mutating func noteThrottling(_ failure: PollFailure, _ scope: AccountRegion, at now: Millis) {
        if failure.reason == .throttled { throttled.append((scope, now)) }
    }
    var lives: [Life] = []
    /// What was noticed on the way.
    var breaches: [String] = []
    /// The numbers of the events whose acknowledgement was confirmed, and how many silences were.
    var acknowledged: [Int64] = []
    var silences = 0
    /// When each account was taken over by another process while the installation went on; nothing of it is left to be known
    /// then but what is stored.
    var tenures: [AccountRegion: [Millis]] = [:]
    /// When no commit was possible.
    var diskFailures: [Range<Millis>] = []
    var attempts = 0
    var crashes = 0
    var polls = 0

    /// Since when the process watches an account that watched it at a time; nil if none did.
    func watchBegan(_ scope: AccountRegion, before time: Millis) -> Millis? {
        guard let tenures = tenures[scope] else { return lives.last { $0.start <= time }?.start }
        return tenures.last { $0 <= time }
    }

    /// As the database knows it: without what is lost because a backup took its place.
    func withoutLost() -> Chronicle {
        guard let lost = restored?.lost else { return self }
        var kept = self
        kept.answers.removeAll { lost.contains($0.receivedAt) }
        kept.lives = lives.flatMap { life in
            [
                Life(start: life.start, end: min(life.end, lost.lowerBound)),
                Life(start: max(life.start, lost.upperBound), end: life.end),
            ].filter { $0.start < $0.end }
        }
        return kept
    }

    /// Whether the daemon ran all the time, and no disk failed.
    func wasWell(_ span: Range<Millis>, in scenario: Scenario) -> Bool {
        lives.contains { $0.start <= span.lowerBound && span.upperBound <= $0.end }
            && !diskFailures.contains { $0.overlaps(span) }
    }
}
