import Dispatch
import Testing

@testable import Daemon

@Suite(.timeLimit(.minutes(10)))
struct RunningPartsTests {
    @Test func `a part that ends by itself is named`() async {
        let parts = RunningParts()
        async let first: Void = parts.run(.firing) {}
        #expect(await parts.firstToEnd == .firing)
        await first
    }

    @Test func `a requested stop is not a part's end, though all of them end with it`() async {
        let parts = RunningParts()
        parts.requestStop()
        await parts.run(.polling) {}
        #expect(await parts.firstToEnd == nil)
    }

    @Test func `work that hangs is given up after its limit, and at once when the task is cancelled`() async {
        let gate = ReadingGate()
        #expect(gate.enter())
        #expect(!gate.enter())
        gate.leave()
        #expect(gate.enter())

        #expect(await BlockingWork.run(within: .seconds(30)) { 7 } == 7)
        let hanging = Hanging()
        #expect(await BlockingWork.run(within: .milliseconds(50)) { hanging.wait() } == nil)
        let task = Task { await BlockingWork.run(within: .seconds(600)) { hanging.wait() } }
        task.cancel()
        #expect(await task.value == nil)
        hanging.release()
    }
}

/// Two waits that end when they are released.
private final class Hanging: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func wait() -> Int {
        semaphore.wait()
        return 1
    }

    func release() {
        for _ in 0..<2 { semaphore.signal() }
    }
}
