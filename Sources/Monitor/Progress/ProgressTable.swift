/// How far trainings are, by slot.
///
/// Each on the heap by itself: a dictionary keeps a quarter of its places and more empty, which costs nothing where a place
/// is small.
struct ProgressTable: Sendable {
    private indirect enum Cell: Sendable {
        case run(RunProgress)
    }

    private var cells: [Int: Cell] = [:]

    var keys: some Collection<Int> { cells.keys }

    subscript(slot: Int) -> RunProgress? {
        get {
            guard case .run(let run)? = cells[slot] else { return nil }
            return run
        }
        set { cells[slot] = newValue.map { .run($0) } }
    }
}
