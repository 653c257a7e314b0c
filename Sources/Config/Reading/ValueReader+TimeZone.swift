package import Model

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
        let database = ZoneDatabase(environment: context.environment)
        guard database.exists else {
            return refuse("cannot be checked: this host has no time zone database; install the package tzdata")
        }
        if let zone = database.zone(named: name) { return zone }
        return refuse("\(shown(name)) is not in this host's time zone database; \(wanted)")
    }
}

/// The system's time zone database (tzdata).
package struct ZoneDatabase {
    private let folder: String

    package init(environment: HostEnvironment) {
        folder = environment["TZDIR"] ?? "/usr/share/zoneinfo"
    }

    var exists: Bool { (try? FileContent(path: folder + "/Etc/UTC", maximumSize: Self.maximumSize)) != nil }

    /// - Returns: nil if there is no such zone, or its file cannot be read.
    package func zone(named name: String) -> TimeZoneRules? {
        guard Self.isName(name),
            let file = try? FileContent(path: "\(folder)/\(name)", maximumSize: Self.maximumSize)
        else { return nil }
        return TimeZoneRules(name: name, tzif: file.bytes)
    }

    /// Whether a text has the form of a name (theory.html of tz): parts of letters, digits, `_`, `+` and `-`, none of
    /// which can lead out of the database's folder.
    static func isName(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return text.utf8.count <= 64 && parts.count <= 4
            && parts.allSatisfy { part in
                part.utf8.first?.isLetter == true
                    && part.utf8.allSatisfy { $0.isLetter || $0.isDigit || "_+-".utf8.contains($0) }
            }
    }

    /// The largest file of the database has 4 kB.
    private static let maximumSize = 64 << 10
}
