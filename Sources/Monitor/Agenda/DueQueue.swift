import Model

/// Who is due when: a binary heap of items by their due time, first come first served among equals.
///
/// An entry is not removed when its item gets a new due time. Whoever takes it out recognizes an outdated entry by its
/// number.
struct DueQueue<Item: Sendable>: Sendable {
    struct Entry: Sendable {
        let due: MonotonicInstant
        let number: UInt64
        let item: Item

        fileprivate func isBefore(_ other: Entry) -> Bool {
            due == other.due ? number < other.number : due < other.due
        }
    }

    private var heap: [Entry] = []

    var first: Entry? { heap.first }

    /// - Parameter number: larger than every number before.
    mutating func insert(_ item: Item, number: UInt64, due: MonotonicInstant) {
        heap.append(Entry(due: due, number: number, item: item))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    @discardableResult
    mutating func removeFirst() -> Entry? {
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
