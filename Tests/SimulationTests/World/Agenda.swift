/// What is to happen when, in the order of time, and of arrival where times are equal: a binary heap.
struct Agenda<Action> {
    private struct Entry {
        let time: Millis
        let arrival: Int
        let action: Action

        func isBefore(_ other: Entry) -> Bool {
            time == other.time ? arrival < other.arrival : time < other.time
        }
    }

    private var heap: [Entry] = []
    private var arrivals = 0

    mutating func add(_ action: Action, at time: Millis) {
        heap.append(Entry(time: time, arrival: arrivals, action: action))
        arrivals += 1
        var child = heap.count - 1
        while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func popFirst() -> (time: Millis, action: Action)? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            var parent = 0
            while true {
                var least = parent
                for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                    if heap[child].isBefore(heap[least]) { least = child }
                }
                guard least != parent else { break }
                heap.swapAt(parent, least)
                parent = least
            }
        }
        return (first.time, first.action)
    }
}
