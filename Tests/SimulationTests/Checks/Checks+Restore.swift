import Model

/// A database that was put back from a backup gives no id for the second time: a receiver that keeps ids would drop the
/// message.
extension Checks {
    /// The first part of the id of an event.
    func code(of seq: Int64) -> String {
        chronicle.restored.map { seq > $0.lastSeq } ?? false ? "restored" : "simulate"
    }

    func identityBreaches() -> [String] {
        var bodies: [String: [UInt8]] = [:]
        return everTaken.compactMap { message in
            let key = "\(message.target) \(message.id)"
            guard let body = bodies[key] else {
                bodies[key] = message.body
                return nil
            }
            return areOfOneEvent(body, message.body)
                ? nil
                : "\(message.id) stands for two events at \(message.target): "
                    + "\(String(decoding: body, as: UTF8.self)) and \(String(decoding: message.body, as: UTF8.self))"
        }
    }

    /// Whether two bodies are the same, but for what held the alert, which may be something else after a restore; or one is
    /// the short form of the other, which a receiver gets that has refused the message: it may have taken it before, from a
    /// daemon that died before it could note that. Of two digests this is true of each of their alerts.
    func areOfOneEvent(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one != other else { return true }
        func data(_ body: [UInt8]) -> JSONValue? { (try? JSONValue(parsing: body))?["data"] }
        guard let one = data(one)?.objectValue, let other = data(other)?.objectValue else { return false }
        let keys = Self.differing(one, other)
        guard let events = one["events"]?.arrayValue, let others = other["events"]?.arrayValue else {
            return mayDiffer(in: keys, one, other)
        }
        guard !keys.isEmpty, keys.subtracting(["events", "held_by"]).isEmpty, events.count == others.count,
            !keys.contains("held_by") || chronicle.restored != nil
        else { return false }
        return zip(events, others).allSatisfy { event, other in
            guard event != other else { return true }
            guard let event = event.objectValue, let other = other.objectValue else { return false }
            return mayDiffer(in: Self.differing(event, other), event, other)
        }
    }

    private func mayDiffer(in keys: Set<String>, _ one: [String: JSONValue], _ other: [String: JSONValue]) -> Bool {
        guard !keys.isEmpty, !keys.contains("held_by") || chronicle.restored != nil else { return false }
        let facts = keys.subtracting(["held_by", "message", "cost"])
        // What the short form says in other words is nothing by itself.
        guard !facts.isEmpty else { return keys == ["held_by"] }
        let isShort = [one, other].contains { data in
            Self.leftOut.allSatisfy { data[$0]?.isNull ?? true || data[$0] == .array([]) }
        }
        let refuses = scenario.receiverFaults.contains { $0.kind == .refusesMessage }
        return isShort && refuses && facts.isSubset(of: Self.leftOut)
    }

    /// What the short form leaves out.
    private static let leftOut: Set = [
        "description", "created_at", "started_at", "completed_at", "duration_seconds", "base_model", "train_mode",
        "train_type", "model_paths", "progress", "log_lines",
    ]

    private static func differing(_ one: [String: JSONValue], _ other: [String: JSONValue]) -> Set<String> {
        Set(one.keys).union(other.keys).filter { one[$0] != other[$0] }
    }

    func markRestore(_ marks: inout Marks) {
        guard let restored = chronicle.restored else { return }
        let lost = everTaken.filter { restored.lost.contains($0.at) && $0.seq > restored.lastSeq }
        if !lost.isEmpty { marks.note(.restoredBehindReceivers) }
    }
}
