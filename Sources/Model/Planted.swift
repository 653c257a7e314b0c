/// Mistakes that are made on purpose, one at a time, so that the simulation shows that it would find them.
///
/// They exist in debug builds alone. In release builds `isOn` is false wherever it is asked, before anything is compiled
/// from it: it is public for that, because only what is public can be inlined by other modules.
public enum Planted: String, CaseIterable, Sendable {
    // Time zones, hours, silences.
    case secondOfTwoHours
    case skippedHourLate
    case nightOfYesterday
    case silenceOfOtherTargets
    case silenceNotStored

    // Reminders, escalations, summaries, acknowledgements.
    case ackNotStored
    case reminderAfterAck
    case reminderOutOfHours
    case escalationAfterAck
    case escalationTwice
    case ruleForgotten
    case lateSummaryDropped

    // Who gets what.
    case firstSeenFires
    case alertForgotten
    case heldOvertaken
    case overIsSent
    case holdNeverEnds
    case clockBackHolds

    // Detection.
    case restartForgets
    case goneAfterTwo
    case goneWithoutWitness
    case goneAloneEarly
    case unseenRunMissed
    case lateAsObserved
    case logForgotten
    case overdueRepeated
    case overdueEarly
    case listBelieved

    // Silence of the API.
    case silenceEarly
    case silenceNever
    case recoveryNever
    case accountTroubleByTask
    case taskTroubleOfAccount
    case hangingForEver

    // Commits.
    case appliedUncommitted
    case settledUncommitted
    case numberSkipped
    case wakeForgotten

    // Delivery.
    case lineIgnored
    case nextNeverDue
    case retryAfterIgnored
    case givenUpEarly
    case refusedIsDelivered
    case settledSentAgain
    case reasonForgotten
    case neverProbed
    case bodyOfNow
    case clockStepUnseen

    // Backups.
    case restoreKeepsCode

    // Several hosts.
    case fenceNotChecked
    case leaseRenewedLate
    case leaseTrustedTooLong
    case leaseNeverEnds
    case takenUnread
    case budgetGivenAnew
    case moreThanFair

    #if DEBUG
        /// The one that the current task makes.
        @TaskLocal public static var current: Planted?

        /// Whether the line that asks is to be wrong, on purpose: only in the tests that show that the simulation notices
        /// it. Everywhere else it is false, so the line can be read as if it did not ask.
        public static func isOn(_ mistake: Planted) -> Bool { current == mistake }

        /// Work for another thread, which makes the same mistake there: a value of a task stays behind when the thread changes.
        public static func carried<Value>(by work: @escaping @Sendable () -> Value) -> @Sendable () -> Value {
            guard let mistake = current else { return work }
            return { $current.withValue(mistake, operation: work) }
        }
    #else
        /// Never in release builds: a line that asks reads as if it did not.
        @inlinable
        public static func isOn(_ mistake: Planted) -> Bool { false }

        @inlinable
        public static func carried<Value>(by work: @escaping @Sendable () -> Value) -> @Sendable () -> Value { work }
    #endif
}
