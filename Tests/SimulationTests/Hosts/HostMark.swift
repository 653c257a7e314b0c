/// Moments that are worth being in when several hosts share a database.
enum HostMark: String, CaseIterable, Sendable {
    case crashBeforeCommit
    case crashAfterCommit
    case answerOfCommitLost
    case answerOfNoCommitLost
    /// A share was taken while its host waited to hear what became of a commit.
    case takeOverWithCommitUnanswered
    case takeOverAfterCrash
    case takeOverAfterFreeze
    case takeOverAfterCut
    case takeOverWhileAccountFails
    case takeOverWithCallUnderWay
    case takeOverWithMessageUnderWay
    case handOver
    case handOverWaitsForCall
    case handOverWaitsForMessage
    case handOverCutOff
    case thawedHostRefused
    case renewalArrivesAnswerLost
    case renewedAfterItRanOut
    case databaseAwayForAll
    case allHostsDown
    case callWithheld

    /// Those that come in any run of a few seeds.
    static let inAnySample: [HostMark] = [.takeOverAfterCrash, .handOver, .answerOfCommitLost, .answerOfNoCommitLost]

    /// Those that come in any run of some dozen seeds.
    static let common: [HostMark] = [
        .crashBeforeCommit, .crashAfterCommit, .answerOfCommitLost, .answerOfNoCommitLost,
        .takeOverWithCommitUnanswered,
        .takeOverAfterCrash, .takeOverAfterFreeze, .takeOverAfterCut, .handOver, .thawedHostRefused,
        .databaseAwayForAll,
        .allHostsDown,
    ]
}
