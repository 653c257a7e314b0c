import Model
import Monitor
import TestSupport
import Testing

struct DueQueueTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `the earliest comes first, and of equals the first that came`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = DueQueue()
        var model: [(due: Int, slot: Int)] = []
        for step in 0..<2000 {
            if Bool.random(using: &random) || model.isEmpty {
                let due = Int.random(in: 0..<50, using: &random)
                queue.insert(slot: step, ticket: UInt32(step), due: MonotonicInstant(nanoseconds: Int64(due)))
                model.append((due, step))
            } else {
                let least = model.map(\.due).min()
                let expected = model.firstIndex { $0.due == least }.map { model.remove(at: $0).slot }
                let first = queue.first
                let taken = queue.removeFirst()
                #expect(taken.map { Int($0.slot) } == expected)
                #expect(first?.slot == taken?.slot)
                #expect(taken?.ticket == expected.map { UInt32($0) })
            }
        }
        for _ in model { queue.removeFirst() }
        #expect(queue.first == nil)
        let none = queue.removeFirst()
        #expect(none == nil)
    }
}
