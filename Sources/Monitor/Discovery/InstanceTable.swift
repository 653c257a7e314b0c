import Model

/// The watched instances by their places.
struct InstanceTable: Sendable {
    private(set) var rows: [Instance] = []
    private var places: [InstanceKey: InstanceIndex] = [:]

    subscript(index: InstanceIndex) -> Instance {
        get { rows[index] }
        _modify { yield &rows[index] }
    }

    /// The place of an instance; nil if it is not watched.
    func index(of key: InstanceKey) -> InstanceIndex? { places[key] }

    mutating func add(_ instance: Instance) -> InstanceIndex {
        let index = rows.add(instance)
        places[instance.key] = index
        return index
    }
}
