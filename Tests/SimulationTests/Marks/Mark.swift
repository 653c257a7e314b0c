/// Moments that are worth being in: a simulation in which one never comes does not show what happens then.
enum Mark: String, CaseIterable, Sendable {
    // The process.
    case crashBeforeCommit
    case crashAfterCommit
    case crashBetweenSendingAndSettlement
    case crashWhileSettling
    case crashWhileRulesAreFollowed
    case crashWhileHoldEnds
    case crashWhileStarting
    case crashInTheHandsOfPeople
    case crashSoonAfterCrash
    case deathWhileSending
    case stopWhileSending
    case filesLeftBehind

    // The disk.
    case fullWhileRecording
    case fullWhileSettling
    case fullWhileRulesAreFollowed
    case fullWhileStarting

    // Backups.
    case restoredWhileStopped
    case replacedUnderDaemon
    case eventsLostWithRestore
    case restoredBehindReceivers

    // The clock.
    case clockBackWithPause
    case clockForwardWithPause
    case clockBackWithHolds
    case clockForwardWithHolds

    // The API.
    case answerAfterItsCallWasGivenUp
    case throttledWhileTaskEnds
    case outageWhileTaskEnds
    case runBetweenTwoPolls
    case changeSeenLate
    case goneAndBack
    case goneAlone
    case accountFailing
    case taskFailing
    case restartWhileFailing
    case failureWithoutLog
    case overdue

    case listLeftOut
    case listShowedTwice
    case listShowedAnother
    case listPagesMoved
    case listLaggedBehind

    // Delivery.
    case targetSuspended
    case targetBack
    case restartWhileSuspended
    case givenUp
    case refused
    case messageTwice
    case digestTwice

    // Holds and rules.
    case heldByHours
    case heldBySilence
    case heldBehindHeld
    case sentAheadOfBadNews
    case overBeforeHoldEnds
    case endOfWhatWasNeverSent
    case holdOverChangeOfClocks
    case holdEndsWhileDown
    case escalationOutOfHours
    case reminderOfSeveral
    case reminderRightAfterHours
    case summaryWhileDown
    case summaryAtChangeOfClocks
    case acknowledgedAfterReminder
}

/// How often each moment came.
struct Marks: Equatable, Sendable {
    private var counts: [Mark: Int] = [:]

    mutating func note(_ mark: Mark, times: Int = 1) {
        if times > 0 { counts[mark, default: 0] += times }
    }

    func adding(_ other: Marks) -> Marks {
        var sum = self
        for (mark, count) in other.counts { sum.note(mark, times: count) }
        return sum
    }

    var missing: [Mark] { Mark.allCases.filter { counts[$0] == nil } }

    /// One for each, also for those that never came.
    var lines: [String] { Mark.allCases.map { "mark \($0.rawValue) \(counts[$0] ?? 0)" } }
}
