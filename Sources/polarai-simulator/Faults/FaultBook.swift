import Model

/// The faults in force, and how often each was met.
struct FaultBook: Sendable {
    private struct Entry {
        let id: String
        let fault: Fault
        var seen = 0
        var hits = 0
    }

    /// What a fault looks at.
    struct Subject {
        let action: String
        let cluster: String?
        let region: String?
    }

    private var entries: [Entry] = []
    private var added = 0
    private var chance: SplitMix64
    private let startedAt: Timestamp

    init(_ faults: [Fault], startedAt: Timestamp, seed: UInt64) {
        self.startedAt = startedAt
        chance = SplitMix64(seed: seed &+ 1)
        for fault in faults { _ = add(fault) }
    }

    /// - Returns: the id by which it can be taken away.
    mutating func add(_ fault: Fault) -> String {
        added += 1
        let id = fault.id ?? "fault-\(added)"
        entries.removeAll { $0.id == id }
        entries.append(Entry(id: id, fault: fault))
        return id
    }

    mutating func remove(_ id: String) -> Bool {
        let before = entries.count
        entries.removeAll { $0.id == id }
        return entries.count < before
    }

    mutating func removeAll() {
        entries = []
    }

    /// The first fault that hits this call.
    ///
    /// - Parameter isNamed: only faults that name the action count: what hits "all calls" means the API's.
    mutating func strike(_ subject: Subject, now: Timestamp, isNamed: Bool = false) -> Fault? {
        for index in entries.indices {
            let fault = entries[index].fault
            guard !isNamed || fault.action != nil, applies(fault, to: subject, now: now) else { continue }
            entries[index].seen += 1
            guard entries[index].seen > fault.after, entries[index].hits < fault.times ?? .max,
                fault.probability >= 1 || Double.random(in: 0..<1, using: &chance) < fault.probability
            else { continue }
            entries[index].hits += 1
            return fault
        }
        return nil
    }

    var json: JSONValue {
        .array(
            entries.map { entry in
                .object([
                    "id": .string(entry.id), "kind": .string(entry.fault.kind.rawValue),
                    "cluster": entry.fault.cluster.map { .string($0) } ?? .null,
                    "seen": .integer(Int64(entry.seen)), "hits": .integer(Int64(entry.hits)),
                ])
            })
    }

    private func applies(_ fault: Fault, to subject: Subject, now: Timestamp) -> Bool {
        if let from = fault.from, now < from.timestamp(startedAt: startedAt) { return false }
        if let until = fault.until, now >= until.timestamp(startedAt: startedAt) { return false }
        return (fault.cluster == nil || fault.cluster == subject.cluster)
            && (fault.region == nil || fault.region == subject.region)
            && (fault.action == nil || fault.action == subject.action)
    }
}
