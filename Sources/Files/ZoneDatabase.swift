import Foundation
package import Model

/// The system's time zone database (tzdata).
package struct ZoneDatabase: Sendable {
    private let folder: String

    /// - Parameter folder: `$TZDIR`; nil is where distributions put it.
    package init(folder: String? = nil) {
        self.folder = folder ?? "/usr/share/zoneinfo"
    }

    /// That of this process.
    package static let system = ZoneDatabase(
        folder: ProcessInfo.processInfo.environment["TZDIR"].flatMap { $0.isEmpty ? nil : $0 })

    package var exists: Bool { (try? read("Etc/UTC")) != nil }

    /// Reads the zone anew, so that an update of the database is followed at once.
    ///
    /// - Returns: nil if there is no such zone, or its file cannot be read.
    package func zone(named name: String) -> TimeZoneRules? {
        if name == TimeZoneRules.utc.name { return .utc }
        guard Self.isName(name), let file = try? read(name) else { return nil }
        return TimeZoneRules(name: name, tzif: file.bytes)
    }

    private func read(_ name: String) throws(FileFault) -> FileSnapshot {
        try FileReader.shared.readNow("\(folder)/\(name)", maximumSize: Self.maximumSize)
    }

    /// Whether a text has the form of a name (theory.html of tz): parts of letters, digits, `_`, `+` and `-`, none of
    /// which can lead out of the database's folder.
    package static func isName(_ text: String) -> Bool {
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
