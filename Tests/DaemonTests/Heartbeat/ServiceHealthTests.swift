import Daemon
import Foundation
import GRDB
import Model
import Monitor
import Store
import Synchronization
import TestSupport
import Testing

/// What keeps heartbeats back: a loop that is blocked, a database that cannot be written, an API that says nothing.
@Suite(.timeLimit(.minutes(10)))
struct ServiceHealthTests {
    private let folder: TemporaryFolder
    private let clock = StoppedClock()
    private let heartbeats: Heartbeats
    private let answers = APIAnswers()
    private let store: StoreQueue

    init() throws {
        folder = try TemporaryFolder()
        store = StoreQueue(try EventStore(path: folder.file("test.db"), at: SystemClock().now().wall))
        heartbeats = Heartbeats(interval: .seconds(5), clock: clock)
        let order = PollOrder(
            number: 1, scope: AccountRegion(account: "default", region: "cn-beijing"),
            call: .listTasks(instance: "pc-1", page: 1))
        answers.note(call: order, at: clock.now().monotonic)
        answers.note(end: order, isAnswer: true, at: clock.now().monotonic)
    }

    private func trouble(_ store: (any StoreAccess)? = nil) async -> String? {
        await ServiceHealth(
            heartbeats: heartbeats, answers: answers, store: store ?? self.store, clock: clock
        ).trouble(within: .seconds(60))
    }

    @Test func `all is well without any work`() async {
        #expect(await trouble() == nil)
    }

    @Test(arguments: [(Heartbeats.Source.polling, "polling"), (.delivery, "delivery")])
    func `a loop that is blocked`(source: Heartbeats.Source, word: String) async {
        for _ in 0..<13 {
            clock.advance(by: .seconds(5))
            for loop in Heartbeats.Source.allCases where loop != source { heartbeats.beat(loop) }
        }
        #expect(await trouble()?.contains(word) == true)
        heartbeats.beat(source)
        #expect(await trouble() == nil)
    }

    @Test func `a database that cannot be written, or hangs`() async throws {
        let other = try DatabaseQueue(path: folder.file("test.db"))
        try await other.write {
            try $0.execute(
                sql: "CREATE TRIGGER full BEFORE UPDATE ON installation BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        }
        let refused = await trouble()
        #expect(refused?.contains("the database cannot be written") == true && refused?.contains("disk full") == true)
        try await other.write { try $0.execute(sql: "DROP TRIGGER full") }
        #expect(await trouble() == nil)
        let hanging = HangingStore()
        let hung = await ServiceHealth(heartbeats: heartbeats, answers: answers, store: hanging, clock: clock)
            .trouble(within: .milliseconds(100))
        #expect(hung == "the database does not answer")
    }

    @Test func `an API that says nothing`() async {
        let order = PollOrder(
            number: 2, scope: AccountRegion(account: "default", region: "cn-beijing"),
            call: .listTasks(instance: "pc-1", page: 1))
        answers.note(call: order, at: clock.now().monotonic)
        #expect(await trouble() == nil)
        for _ in 0..<12 {
            clock.advance(by: .seconds(5))
            for loop in Heartbeats.Source.allCases { heartbeats.beat(loop) }
        }
        #expect(await trouble()?.contains("API") == true)
    }
}

/// A disk that does not come back.
private struct HangingStore: StoreAccess {
    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (EventStore) throws -> Value
    ) async throws -> Value {
        while true { try await Task.sleep(for: .seconds(60)) }
    }
}
