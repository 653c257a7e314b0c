import Files
package import Model

/// The time zone in which messages to people state times.
package struct MessageZone: Sendable {
    package static let utc = MessageZone(.utc)

    private let rules: TimeZoneRules

    package init(_ rules: TimeZoneRules) {
        self.rules = rules
    }

    /// Reads the system's time zone database, so that an update of it is followed at once.
    ///
    /// - Parameter name: an IANA name, `Asia/Shanghai`. UTC takes the place of one that the host does not know, since a
    ///   time in another zone is better than no message; every time is written with its zone.
    package init(named name: String?) {
        self.init(name.flatMap { ZoneDatabase.system.zone(named: $0) } ?? .utc)
    }

    /// To the minute, always with the zone: `2026-11-24 08:00 UTC`, `2026-11-24 16:00 +08:00`.
    func write(_ time: Timestamp) -> String {
        let offset = rules.offset(at: time)
        let text = time.advanced(by: .seconds(offset)).rfc3339
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) \(rules == .utc ? "UTC" : Self.offset(offset))"
    }

    private static func offset(_ seconds: Int) -> String {
        let minutes = seconds.magnitude / 60
        let (hours, rest) = minutes.quotientAndRemainder(dividingBy: 60)
        return "\(seconds < 0 ? "-" : "+")\(hours < 10 ? "0" : "")\(hours):\(rest < 10 ? "0" : "")\(rest)"
    }
}
