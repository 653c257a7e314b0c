/// The place of a row in its table. An index of tasks cannot be taken for one of instances or accounts.
struct RowIndex<Row>: Hashable, Comparable, Sendable {
    let place: Int32

    init(_ place: Int) { self.place = Int32(truncatingIfNeeded: place) }

    static func < (left: Self, right: Self) -> Bool { left.place < right.place }
}

typealias TaskIndex = RowIndex<WatchedTask>
typealias InstanceIndex = RowIndex<Instance>
typealias ScopeIndex = RowIndex<Scope>

extension Array {
    subscript(index: RowIndex<Element>) -> Element {
        get { self[Int(index.place)] }
        _modify { yield &self[Int(index.place)] }
    }

    var rowIndices: LazyMapSequence<Range<Int>, RowIndex<Element>> { indices.lazy.map { RowIndex($0) } }

    /// - Returns: the place of the new row.
    mutating func add(_ row: Element) -> RowIndex<Element> {
        append(row)
        return RowIndex(count - 1)
    }
}
