package import Model

extension TaskMonitor {
    /// The last proof of each account that the API serves it: a good answer, or of a task known to be gone that it still
    /// is.
    package var lastAnswers: [(scope: AccountRegion, at: MonotonicInstant)] {
        scopes.compactMap { scope in scope.health.lastAnswer.map { (scope.id, $0) } }
    }
}
