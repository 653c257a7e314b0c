import Model
import TestSupport
import Testing

@testable import Monitor

struct DueQueueTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `the earliest comes first, and of equals the first that came`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = DueQueue<Int>()
        var model: [(due: Int, item: Int)] = []
        for step in 0..<2000 {
            if Bool.random(using: &random) || model.isEmpty {
                let due = Int.random(in: 0..<50, using: &random)
                queue.insert(step, number: UInt64(step), due: MonotonicInstant(nanoseconds: Int64(due)))
                model.append((due, step))
            } else {
                let least = model.map(\.due).min()
                let expected = model.firstIndex { $0.due == least }.map { model.remove(at: $0).item }
                let first = queue.first
                let taken = queue.removeFirst()
                #expect(taken?.item == expected)
                #expect(first?.item == taken?.item)
                #expect(taken?.number == expected.map { UInt64($0) })
            }
        }
        for _ in model { queue.removeFirst() }
        #expect(queue.first == nil)
        let none = queue.removeFirst()
        #expect(none == nil)
    }
}
