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
            return Self.areOfOneEvent(body, message.body)
                ? nil
                : "\(message.id) stands for two events at \(message.target): "
                    + "\(String(decoding: body, as: UTF8.self)) and \(String(decoding: message.body, as: UTF8.self))"
        }
    }

    /// Whether two bodies are the same, but for what held the alert, which may be something else after a restore; or one is
    /// the short form of the other, which a receiver gets that has refused the message: it may have taken it before, from a
    /// daemon that died before it could note that. Of two digests this is true of each of their alerts.
    static func areOfOneEvent(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one != other else { return true }
        func data(_ body: [UInt8]) -> JSONValue? { (try? JSONValue(parsing: body))?["data"] }
        guard let one = data(one), let other = data(other) else { return false }
        if let events = one["events"]?.arrayValue, let others = other["events"]?.arrayValue {
            return ["id", "event", "cluster", "count"].allSatisfy { one[$0] == other[$0] }
                && events.count == others.count
                && zip(events, others).allSatisfy { $0 == $1 || areOfOneEvent($0, $1) }
        }
        return areOfOneEvent(one, other)
    }

    private static func areOfOneEvent(_ one: JSONValue, _ other: JSONValue) -> Bool {
        if one["held_by"] != other["held_by"], withoutHolds(one) == withoutHolds(other) { return true }
        let kept = [
            "id", "event", "cluster", "account", "region", "from", "to", "kind", "observed_at", "not_before",
            "api_time",
            "request_id",
        ]
        let isShort = [one, other].contains { data in
            ["description", "started_at", "completed_at", "base_model", "progress"].allSatisfy {
                data[$0]?.isNull ?? false
            }
        }
        return isShort && kept.allSatisfy { one[$0] == other[$0] }
    }

    private static func withoutHolds(_ data: JSONValue) -> JSONValue {
        guard case .object(var members) = data else { return data }
        members["held_by"] = nil
        return .object(members)
    }

    func markRestore(_ marks: inout Marks) {
        guard let restored = chronicle.restored else { return }
        let lost = everTaken.filter { restored.lost.contains($0.at) && $0.seq > restored.lastSeq }
        if !lost.isEmpty { marks.note(.restoredBehindReceivers) }
    }
}
