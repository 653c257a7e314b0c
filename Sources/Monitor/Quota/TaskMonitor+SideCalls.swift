package import Model

/// Calls beside the polls: they are paid from the same budget, so that all calls together keep to the quota.
extension TaskMonitor {
    /// Pays for a call beside the polls.
    ///
    /// - Parameter aheadOfPolls: also where polls wait for the next token: they wait for one more then.
    /// - Returns: false where there is no token, or nothing is watched there.
    package mutating func payForSideCall(
        in scope: AccountRegion, aheadOfPolls: Bool, at now: MonotonicInstant
    ) -> Bool {
        guard let index = scopeOfID[scope] else { return false }
        return scopes[index].budget.spend(ahead: aheadOfPolls, at: now)
    }

    /// When there may be a token, if nobody takes it; nil where nothing is watched.
    package func nextToken(in scope: AccountRegion, after now: MonotonicInstant) -> MonotonicInstant? {
        scopeOfID[scope].map { scopes[$0].budget.nextCall(after: now) }
    }
}
