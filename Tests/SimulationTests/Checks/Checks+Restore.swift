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
            return body == message.body ? nil : "\(message.id) stands for two events at \(message.target)"
        }
    }

    func markRestore(_ marks: inout Marks) {
        guard let restored = chronicle.restored else { return }
        let lost = everTaken.filter { restored.lost.contains($0.at) && $0.seq > restored.lastSeq }
        if !lost.isEmpty { marks.note(.restoredBehindReceivers) }
    }
}
