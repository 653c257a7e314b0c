package import Model

/// Until when a call beside the polls has to wait for a token.
package enum SideCallDelay: Hashable, Sendable {
    case until(MonotonicInstant)
    /// Not now, and not soon.
    case never
}

/// Which calls beside the polls go before polls that wait, too: one in four. So where the quota is used up the reasons of
/// a failure still come, and where a thousand tasks fail at once their reasons do not keep anybody from hearing of it.
package struct SideCalls {
    private struct Account {
        /// Since the last call that went ahead; starts so that the first one may.
        var polls = SideCalls.pollsPerCall
        var pausedUntil: MonotonicInstant?
        /// That are made or wait for a token now.
        var underWay = 0
    }

    private var accounts: [AccountRegion: Account] = [:]

    private static let pollsPerCall = 3
    /// Each holds a poll up, and so many polls are made at once.
    private static let mostUnderWay = 4
    /// After a throttling: quotas are counted per minute.
    private static let pause = Duration.seconds(60)
    private static let longestPause = Duration.seconds(900)

    package init() {}

    package mutating func notePoll(in scope: AccountRegion) {
        accounts[scope, default: Account()].polls += 1
    }

    /// - Returns: false where so many are under way that another one would hold up the polls.
    package mutating func begin(in scope: AccountRegion) -> Bool {
        guard (accounts[scope]?.underWay ?? 0) < Self.mostUnderWay else { return false }
        accounts[scope, default: Account()].underWay += 1
        return true
    }

    package mutating func end(in scope: AccountRegion) {
        accounts[scope, default: Account()].underWay -= 1
    }

    package mutating func noteCall(in scope: AccountRegion) {
        accounts[scope, default: Account()].polls = 0
    }

    package func mayGoAhead(in scope: AccountRegion) -> Bool {
        (accounts[scope] ?? Account()).polls >= Self.pollsPerCall
    }

    package mutating func pause(in scope: AccountRegion, for retryAfter: Duration?, at now: MonotonicInstant) {
        let pause = min(max(retryAfter ?? .zero, Self.pause), Self.longestPause)
        accounts[scope, default: Account()].pausedUntil = now.advanced(by: pause)
    }

    package func arePaused(in scope: AccountRegion, at now: MonotonicInstant) -> Bool {
        accounts[scope]?.pausedUntil.map { now < $0 } ?? false
    }
}
