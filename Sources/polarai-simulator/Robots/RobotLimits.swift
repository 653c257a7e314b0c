import Model

/// Counts what each robot was sent: throttling as the services do it.
struct RobotLimits: Sendable {
    private struct Record {
        var times: [Timestamp] = []
        var shutUntil: Timestamp?
    }

    private var records: [String: Record] = [:]

    /// - Returns: how long the sender must wait; nil if the message is within all rates.
    mutating func take(_ robot: String, _ rates: [RobotRate], now: Timestamp) -> Duration? {
        var record = records[robot] ?? Record()
        defer { records[robot] = record }
        if let end = record.shutUntil, now < end { return end.since(now) }
        record.shutUntil = nil
        let longest = rates.map(\.per).max() ?? .zero
        record.times.removeAll { now.since($0) >= longest }
        for rate in rates {
            let recent = record.times.filter { now.since($0) < rate.per }
            guard recent.count >= rate.count else { continue }
            if rate.penalty > .zero {
                record.shutUntil = now.advanced(by: rate.penalty)
                return rate.penalty
            }
            return rate.per - now.since(recent[recent.count - rate.count])
        }
        record.times.append(now)
        return nil
    }

    mutating func clear() {
        records = [:]
    }
}
