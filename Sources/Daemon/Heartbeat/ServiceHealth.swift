import Files
import Model
import Store

/// Whether the service does what it is for: polls, delivers, stores, and is answered.
package struct ServiceHealth: Sendable {
    private let heartbeats: Heartbeats
    private let answers: APIAnswers
    private let store: any StoreAccess
    private let clock: any TimeSource
    private let isPolling: @Sendable () -> Bool

    /// - Parameter isPolling: false while other hosts do all the polling.
    package init(
        heartbeats: Heartbeats, answers: APIAnswers, store: any StoreAccess, clock: any TimeSource,
        isPolling: @escaping @Sendable () -> Bool = { true }
    ) {
        self.isPolling = isPolling
        self.heartbeats = heartbeats
        self.answers = answers
        self.store = store
        self.clock = clock
    }

    /// What is wrong, for an operator; nil if all is well.
    ///
    /// - Parameter period: the time in which everything must have made progress.
    package func trouble(within period: Duration) async -> String? {
        // Loops without work show signs of life at their own pace.
        let silent = heartbeats.silent(for: max(period, heartbeats.interval * 2))
        if silent.contains(.polling) { return "polling makes no progress" }
        if silent.contains(.delivery) { return "the delivery of alerts makes no progress" }
        guard !isPolling() || answers.come(within: period, at: clock.now().monotonic) else {
            return "no account gets valid answers from the API"
        }
        let limit = max(.seconds(1), min(period, .seconds(10)))
        let store = store
        let write = await withTimeLimit(limit) { () -> Result<Void, any Error> in
            do {
                return .success(try await store.perform { try $0.checkWritable() })
            } catch {
                return .failure(error)
            }
        }
        switch write {
        case nil: return "the database does not answer"
        case .failure(let error): return "the database cannot be written: \(error)"
        case .success: return nil
        }
    }
}
