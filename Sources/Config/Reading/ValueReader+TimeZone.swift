import Files
import Model

extension ValueReader {
    /// A name of the system's time zone database.
    func timeZone() -> String? { zone()?.name }

    /// A time zone of the system's database, by its name.
    func zone() -> TimeZoneRules? {
        let wanted = "write the name of a time zone such as \"Asia/Shanghai\" or \"UTC\""
        guard let name = text(wanted) else { return nil }
        if name == TimeZoneRules.utc.name { return .utc }
        guard ZoneDatabase.isName(name) else {
            return refuse("\(shown(name)) is not the name of a time zone; \(wanted)")
        }
        let database = ZoneDatabase(folder: context.environment["TZDIR"])
        guard database.exists else {
            return refuse("cannot be checked: this host has no time zone database; install the package tzdata")
        }
        if let zone = database.zone(named: name) { return zone }
        return refuse("\(shown(name)) is not in this host's time zone database; \(wanted)")
    }
}
