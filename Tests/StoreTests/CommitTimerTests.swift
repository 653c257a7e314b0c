import Synchronization
import Testing

@testable import Store

struct CommitTimerTests {
    @Test func `each commit costs the same, however many there were`() {
        let timer = CommitTimer()
        let depths = Mutex<[UInt]>([])
        timer.observe { _ in
            var place = 0
            let depth = withUnsafePointer(to: &place) { UInt(bitPattern: $0) }
            depths.withLock { $0.append(depth) }
        }
        for _ in 0..<10_000 { timer.measure {} }
        // What is called through ever more functions lies ever deeper in the stack.
        let seen = depths.withLock { $0 }
        #expect(seen.count == 10_000)
        #expect(Set(seen.dropFirst(10)).count == 1)
    }
}
