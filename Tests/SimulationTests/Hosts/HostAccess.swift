import Daemon
import Model
import Store
import Synchronization

/// One host's connection to the database that all share: it may be cut off, the process may die at a commit, and the answer of
/// a commit may be lost.
final class HostAccess: StoreAccess {
    struct Crash: Error {}

    /// What may go wrong with the next access.
    struct Weather {
        /// The database cannot be reached.
        var isCutOff = false
        var crashRate = 0.0
        var lossRate = 0.0
    }

    private struct State {
        var weather = Weather()
        var hasCrashed = false
        var failures = 0
        var waits: Millis?
        var marks: [HostMark: Int] = [:]
        var trouble: String?
        var random: SeededRandom
    }

    private let database: SharedDatabase
    private let state: Mutex<State>
    /// How long it takes at most until the outcome of a commit is known whose answer was lost.
    private let longestWait: Millis

    init(_ database: SharedDatabase, longestWait: Millis, random: SeededRandom) {
        self.database = database
        self.longestWait = longestWait
        state = Mutex(State(random: random))
    }

    var hasCrashed: Bool { state.withLock { $0.hasCrashed } }
    /// How many accesses failed so far, or may have.
    var failures: Int { state.withLock { $0.failures } }
    var marks: [HostMark: Int] { state.withLock { $0.marks } }
    /// A refusal that was not simulated.
    var trouble: String? { state.withLock { $0.trouble } }

    func set(_ weather: Weather) { state.withLock { $0.weather = weather } }

    /// How long the thread of the database waits now for an answer that was lost; nil if it does not.
    func takeWait() -> Millis? {
        state.withLock { state in
            defer { state.waits = nil }
            return state.waits
        }
    }

    private enum Fate {
        case well, cutOff, crashesBefore, crashesAfter, lostAfter, lostBefore
    }

    private func draw() -> Fate {
        state.withLock { state in
            guard !state.hasCrashed else { return .crashesBefore }
            guard !state.weather.isCutOff else { return .cutOff }
            if state.random.chance(state.weather.crashRate) {
                return state.random.chance(0.5) ? .crashesBefore : .crashesAfter
            }
            if state.random.chance(state.weather.lossRate) {
                return state.random.chance(0.5) ? .lostBefore : .lostAfter
            }
            return .well
        }
    }

    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (EventStore) throws -> Value
    ) async throws -> Value {
        let fate = draw()
        switch fate {
        case .cutOff: throw fail("simulated: the database cannot be reached")
        case .crashesBefore: throw crash(.crashBeforeCommit)
        case .lostBefore:
            noteLoss(.answerOfNoCommitLost)
            throw fail("simulated: the connection ended during a commit, and nothing was committed")
        case .well, .crashesAfter, .lostAfter: break
        }
        database.noteUse()
        let value: Value
        do {
            value = try body(database.store)
        } catch let error as StoreError where error.isLostShare {
            state.withLock { $0.failures += 1 }
            throw error
        } catch {
            state.withLock { $0.trouble = "\(error)" }
            throw error
        }
        if fate == .crashesAfter { throw crash(.crashAfterCommit) }
        // It was asked what became of it, until the database said so.
        if fate == .lostAfter { noteLoss(.answerOfCommitLost) }
        return value
    }

    private func noteLoss(_ mark: HostMark) {
        state.withLock { state in
            state.marks[mark, default: 0] += 1
            state.waits = state.random.millis(.second...longestWait)
        }
    }

    private func fail(_ detail: String) -> StoreError {
        state.withLock { $0.failures += 1 }
        return StoreError.unavailable(at: database.store.path, because: detail)
    }

    private func crash(_ mark: HostMark) -> Crash {
        state.withLock { state in
            if !state.hasCrashed { state.marks[mark, default: 0] += 1 }
            state.hasCrashed = true
            state.failures += 1
        }
        return Crash()
    }
}
