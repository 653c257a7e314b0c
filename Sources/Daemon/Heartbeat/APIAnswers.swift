package import Model
package import Monitor
import Synchronization

/// Whether the API answers, account by account, as heartbeats want to know it.
///
/// The poll loop writes, heartbeats read.
package final class APIAnswers: Sendable {
    private struct Account {
        var lastAnswer: MonotonicInstant?
        /// The first call since then that brought none: it is under way, or failed.
        var unansweredSince: MonotonicInstant?
        var underWay: Set<UInt64> = []
        var roundTrip: Duration?

        mutating func noteAnswer(at now: MonotonicInstant) {
            lastAnswer = now
            // What was asked meanwhile may never be answered.
            unansweredSince = underWay.isEmpty ? nil : now
        }
    }

    private struct State {
        var accounts: [AccountRegion: Account] = [:]
        var begins: [UInt64: MonotonicInstant] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package func note(call order: PollOrder, at now: MonotonicInstant) {
        state.withLock { state in
            state.begins[order.number] = now
            state.accounts[order.scope, default: Account()].underWay.insert(order.number)
            if state.accounts[order.scope]?.unansweredSince == nil {
                state.accounts[order.scope]?.unansweredSince = now
            }
        }
    }

    /// A call has ended, or was given up.
    ///
    /// - Parameter isAnswer: the API gave a good answer.
    package func note(end order: PollOrder, isAnswer: Bool, at now: MonotonicInstant) {
        state.withLock { state in
            let begin = state.begins.removeValue(forKey: order.number)
            guard var account = state.accounts[order.scope] else { return }
            account.underWay.remove(order.number)
            if isAnswer {
                account.roundTrip = begin.map { now.since($0) }
                account.noteAnswer(at: now)
            }
            state.accounts[order.scope] = account
        }
    }

    /// The account's last proof that the API serves it, whatever it was.
    package func note(answer: MonotonicInstant, in scope: AccountRegion) {
        state.withLock { state in
            guard let known = state.accounts[scope], known.lastAnswer.map({ $0 < answer }) ?? true else { return }
            state.accounts[scope]?.noteAnswer(at: answer)
        }
    }

    /// Forgets the accounts that are not watched any more.
    package func keep(_ scopes: Set<AccountRegion>) {
        state.withLock { $0.accounts = $0.accounts.filter { scopes.contains($0.key) } }
    }

    /// Whether at least one account has had a good answer, and has not been without one for `limit` since it was asked.
    package func come(within limit: Duration, at now: MonotonicInstant) -> Bool {
        state.withLock { state in
            state.accounts.values.contains { account in
                account.lastAnswer != nil && account.unansweredSince.map { now.since($0) < limit } ?? true
            }
        }
    }

    /// How long the newest good answer took.
    package var roundTrip: Duration? {
        state.withLock { state in
            state.accounts.values.filter { $0.roundTrip != nil }
                .max { ($0.lastAnswer?.nanoseconds ?? .min) < ($1.lastAnswer?.nanoseconds ?? .min) }?.roundTrip
        }
    }
}

extension CallOutcome {
    /// Whether the API gave what it was asked for.
    var isAnswer: Bool {
        switch self {
        case .task(.unchanged), .task(.answer), .list(.success), .progress(.success), .log(.success): true
        case .task(.failure), .list(.failure), .progress(.failure), .log(.failure): false
        }
    }
}
