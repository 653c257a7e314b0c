package import Model

/// Who is due when: a binary heap of slots by their due time, first come first served among equals.
///
/// An entry is not removed when its slot gets a new due time; it is recognised as outdated by its ticket and dropped
/// when it comes to the top.
package struct DueQueue: Sendable {
    package struct Entry: Sendable {
        package let due: MonotonicInstant
        package let slot: Int32
        package let ticket: UInt32
        fileprivate let arrival: UInt64

        fileprivate func isBefore(_ other: Entry) -> Bool {
            due == other.due ? arrival < other.arrival : due < other.due
        }
    }

    private var heap: [Entry] = []
    private var arrivals: UInt64 = 0

    package init() {}

    package var first: Entry? { heap.first }

    package mutating func insert(slot: Int, ticket: UInt32, due: MonotonicInstant) {
        heap.append(Entry(due: due, slot: Int32(slot), ticket: ticket, arrival: arrivals))
        arrivals += 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    @discardableResult
    package mutating func removeFirst() -> Entry? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { return first }
            if child + 1 < heap.count, heap[child + 1].isBefore(heap[child]) { child += 1 }
            guard heap[child].isBefore(heap[parent]) else { return first }
            heap.swapAt(parent, child)
            parent = child
        }
    }
}
