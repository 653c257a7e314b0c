package import Model

/// When temporary credentials are used, renewed and given up: pure, time is an argument.
///
/// Renewed min(15 minutes, a quarter of the lifetime) before their end while the old ones go on being used; no longer used
/// from min(1 minute, a tenth of the lifetime) before it.
package struct RefreshState: Sendable {
    /// What to do for somebody who wants credentials.
    package enum Step: Hashable, Sendable {
        case use(Credentials)
        /// Use these and renew them meanwhile.
        case useAndRefresh(Credentials)
        /// Nothing can be used: wait for the renewal.
        case refresh
        /// The last renewal failed a moment ago.
        case fail(PollFailure)
    }

    private var current: Credentials?
    /// When the current ones were first seen: a source may give the same ones again.
    private var obtainedAt = Timestamp(milliseconds: 0)
    private var isInvalidated = false
    /// Whether the current ones were asked for anew once because the API refused them.
    private var wasForced = false
    private var failure: PollFailure?
    private var failures = 0
    private var nextAttempt = Timestamp(milliseconds: .min)

    private static let longestLead = Duration.seconds(15 * 60)
    private static let longestMargin = Duration.seconds(60)
    /// What does not say when it expires is fetched again this often.
    private static let unknownLifetime = Duration.seconds(300)
    private static let shortestPause = Duration.seconds(1)
    private static let longestPause = Duration.seconds(30)

    package init() {}

    /// What to do now.
    package func step(at now: Timestamp) -> Step {
        // A wall clock that stepped back must not lock us out.
        let mayAttempt = now >= nextAttempt || nextAttempt.since(now) > Self.longestPause * 2
        if let current, !isInvalidated {
            if now < refreshTime { return .use(current) }
            if now < lastUse { return mayAttempt ? .useAndRefresh(current) : .use(current) }
        }
        if mayAttempt { return .refresh }
        if let failure { return .fail(failure) }
        // The source has nothing newer, and says so with what it gives: the API is to judge.
        return current.map { .use($0) } ?? .refresh
    }

    /// - Parameter jitter: 0 to 1.
    package mutating func succeeded(_ credentials: Credentials, at now: Timestamp, jitter: Double) {
        let isSame = current?.isSameKey(as: credentials) ?? false && current?.expiration == credentials.expiration
        if !isSame {
            obtainedAt = now
            wasForced = false
        }
        current = credentials
        isInvalidated = false
        failure = nil
        failures = 0
        // Asked again at once, a source gives the same again.
        nextAttempt = now.advanced(by: pause(jitter))
    }

    /// The source gave nothing.
    package mutating func failed(_ failure: PollFailure, at now: Timestamp, jitter: Double) {
        self.failure = failure
        failures += 1
        nextAttempt = now.advanced(by: pause(jitter))
    }

    /// The API refused these as expired: others are fetched at once. If the source gives the same again, it is asked no
    /// more often than it is otherwise.
    package mutating func invalidate(_ credentials: Credentials) {
        guard current?.isSameKey(as: credentials) ?? false else { return }
        isInvalidated = true
        if !wasForced, failure == nil { nextAttempt = Timestamp(milliseconds: .min) }
        wasForced = true
    }

    /// From when on they are renewed.
    private var refreshTime: Timestamp {
        guard let end = current?.expiration else { return obtainedAt.advanced(by: Self.unknownLifetime) }
        return end.advanced(by: .zero - min(Self.longestLead, lifetime / 4))
    }

    /// From when on they are not used any more.
    private var lastUse: Timestamp {
        guard let end = current?.expiration else { return Timestamp(milliseconds: .max) }
        return end.advanced(by: .zero - min(Self.longestMargin, lifetime / 10))
    }

    private var lifetime: Duration {
        max(.zero, current?.expiration?.since(obtainedAt) ?? Self.unknownLifetime)
    }

    /// Before the next attempt: grows with failures, and is short against the lifetime.
    private func pause(_ jitter: Double) -> Duration {
        let grown = Self.shortestPause * (1 << min(failures, 5))
        let fitting = current == nil ? grown : min(grown, max(Self.shortestPause, lifetime / 20))
        return min(fitting, Self.longestPause) * (0.8 + 0.4 * jitter)
    }
}

extension Credentials {
    /// Some services keep the id and give out a new token.
    fileprivate func isSameKey(as other: Credentials) -> Bool {
        accessKeyID == other.accessKeyID && securityToken == other.securityToken
    }
}
