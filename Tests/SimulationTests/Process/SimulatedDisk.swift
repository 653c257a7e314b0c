import Daemon
import Foundation
import GRDB
import Model
import Store
import Synchronization
import TestSupport

/// The database of a run, with a disk that fails when it is asked to and a process that may die at every access to it:
/// just before the commit, or just after it.
final class SimulatedDisk: StoreAccess {
    struct Crash: Error {}

    /// What the process is about when it asks for the database.
    enum Work {
        case starting, recording, settling, rules, sending, people, times
    }

    fileprivate struct State {
        var work = Work.starting
        var marks = Marks()
        var store: EventStore?
        var generation = 0
        var isFailing = false
        /// Its file is another one now than the one that is open.
        var isReplaced = false
        /// The code of events to come, if the database turns out to be a copy.
        var newInstallation = "simulate"
        /// Since the process began.
        var hasCrashed = false
        var failures = 0
        var trouble: String?
        var random: SeededRandom
    }

    private let folder: TemporaryFolder
    private let crashRate: Double
    private let clock: VirtualClock
    private let state: Mutex<State>

    init(_ scenario: Scenario, folder: TemporaryFolder, clock: VirtualClock) {
        self.folder = folder
        self.clock = clock
        crashRate = scenario.swarm.crashRate
        state = Mutex(State(random: SeededRandom(seed: scenario.seed, stream: 8)))
    }

    var path: String { state.withLock { folder.file("\($0.generation).db") } }
    var marks: Marks { state.withLock { $0.marks } }
    var isFailing: Bool { state.withLock { $0.isFailing } }
    var hasCrashed: Bool { state.withLock { $0.hasCrashed } }
    /// How many accesses failed or crashed so far.
    var failures: Int { state.withLock { $0.failures } }

    /// A refusal that was not simulated: SQL that does not hold, say.
    var trouble: String? { state.withLock { $0.trouble } }

    /// The number of the last event that is stored.
    func lastSeq() throws -> Int64 {
        guard FileManager.default.fileExists(atPath: path) else { return 0 }
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { try Int64.fetchOne($0, sql: "SELECT max(seq) FROM events") } ?? 0
    }

    /// What is asked for from now on is for this.
    func begin(_ work: Work) { state.withLock { $0.work = work } }

    /// Whether alerts are held.
    var holdsAlerts: Bool { ((try? state.withLock { try $0.store?.nextHoldEnd() }) ?? nil) != nil }

    func setFailing(_ isFailing: Bool) { state.withLock { $0.isFailing = isFailing } }

    /// A new process: opens the database, where the one before closed it or left it behind.
    ///
    /// - Returns: the store, without faults: what a start reads.
    func open() throws -> EventStore {
        let path = path
        return try state.withLock { state in
            state.hasCrashed = false
            if let store = state.store, !state.isReplaced { return store }
            try state.store?.close()
            state.store = nil
            state.isReplaced = false
            let store = try EventStore(
                path: path, at: clock.now().wall, durability: .none, newInstallation: state.newInstallation)
            state.store = store
            return store
        }
    }

    func close() throws {
        try state.withLock { state in
            try state.store?.close()
            state.store = nil
        }
    }

    /// The process is gone without closing: what it left on the disk is all that the next one finds.
    func abandon() throws {
        // What it has open has no name any more.
        guard !state.withLock({ $0.isReplaced }) else { return }
        try state.withLock { state in
            let old = folder.file("\(state.generation).db")
            state.generation += 1
            let new = folder.file("\(state.generation).db")
            for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: old + suffix) {
                try FileManager.default.copyItem(atPath: old + suffix, toPath: new + suffix)
            }
            try state.store?.close()
            state.store = nil
        }
    }

    /// - Returns: the number of its newest event; nil if no backup can be made now.
    func backup() throws -> Int64? {
        guard let store = state.withLock({ $0.isFailing || $0.hasCrashed ? nil : $0.store }) else { return nil }
        try store.backup(to: folder.file("backup.db"))
        return try lastSeq()
    }

    /// The backup takes the place of the database, with all that belongs to it.
    func restore(underDaemon: Bool) throws {
        if !underDaemon { try close() }
        let path = path
        for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.removeItem(atPath: path + suffix)
        }
        try FileManager.default.copyItem(atPath: folder.file("backup.db"), toPath: path)
        state.withLock { state in
            state.isReplaced = underDaemon
            state.newInstallation = "restored"
        }
    }

    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (EventStore) throws -> Value
    ) async throws -> Value {
        let (store, crashesBefore, crashesAfter) = try state.withLock { state in
            guard let store = state.store, !state.hasCrashed else { throw Crash() }
            if state.isFailing {
                state.failures += 1
                state.noteFullDisk()
                throw StoreError.io(path: store.path, detail: "simulated: the disk is full")
            }
            let isQuiet = clock.millis >= Scenario.quietFrom
            let crashes = !isQuiet && state.random.chance(crashRate)
            let isBefore = crashes && state.random.chance(0.5)
            if crashes { state.noteCrash(isBefore: isBefore, at: clock.now().wall) }
            return (store, isBefore, crashes && !isBefore)
        }
        if crashesBefore { throw crash() }
        let value: Value
        do {
            value = try body(store)
        } catch StoreError.replaced(let path, let detail) {
            state.withLock { $0.failures += 1 }
            throw StoreError.replaced(path: path, detail: detail)
        } catch {
            state.withLock { $0.trouble = "\(error)" }
            throw error
        }
        if crashesAfter { throw crash() }
        return value
    }

    private func crash() -> Crash {
        state.withLock { state in
            state.hasCrashed = true
            state.failures += 1
        }
        return Crash()
    }
}

extension SimulatedDisk.State {
    fileprivate mutating func noteFullDisk() {
        switch work {
        case .recording: marks.note(.fullWhileRecording)
        case .settling: marks.note(.fullWhileSettling)
        case .rules: marks.note(.fullWhileRulesAreFollowed)
        case .starting: marks.note(.fullWhileStarting)
        case .sending, .people, .times: break
        }
    }

    fileprivate mutating func noteCrash(isBefore: Bool, at now: Timestamp) {
        switch work {
        case .recording: marks.note(isBefore ? .crashBeforeCommit : .crashAfterCommit)
        case .settling: marks.note(.crashWhileSettling)
        case .rules:
            marks.note(.crashWhileRulesAreFollowed)
            if let end = (try? store?.nextHoldEnd()) ?? nil, end <= now { marks.note(.crashWhileHoldEnds) }
        case .starting: marks.note(.crashWhileStarting)
        case .people: marks.note(.crashInTheHandsOfPeople)
        case .sending, .times: break
        }
    }
}
