import Model

/// When the log of a failure is read before polls that wait: one call in four. So the reasons of a failure come even if
/// the quota is used up; and if a thousand tasks fail at once, their logs do not delay the alerts.
struct LogShare: Sendable {
    /// Since the last log that was read; starts so that the first one is next.
    private var others = Self.othersPerLog
    private var pausedUntil: MonotonicInstant?

    enum Answer: Sendable {
        case yes
        /// So many are being read that another one would delay alerts.
        case tooMany
        /// The quota leaves no call for it.
        case noQuota
    }

    /// Each delays the alert of a failure, and so many are read at once.
    static let most = 4
    private static let othersPerLog = 3
    /// After a throttling: quotas are counted per minute.
    private static let pause = Duration.seconds(60)
    private static let longestPause = Duration.seconds(900)

    var isNext: Bool { others >= Self.othersPerLog }

    mutating func noteLog() { others = 0 }

    mutating func noteOther() { others = min(others + 1, Self.othersPerLog) }

    /// The API throttled a log: none is read for a while, so that the polls have what there is.
    mutating func pause(for retryAfter: Duration?, at now: MonotonicInstant) {
        let pause = min(max(retryAfter ?? .zero, Self.pause), Self.longestPause)
        pausedUntil = now.advanced(by: pause)
    }

    func isPaused(at now: MonotonicInstant) -> Bool { pausedUntil.map { now < $0 } ?? false }
}
