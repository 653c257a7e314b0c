import GRDB
import Migrations

/// The copy that is kept of a database before it is migrated.
package enum MigrationCopy {
    /// - Parameter version: the schema of the copy.
    package static func path(of database: String, version: Int) -> String { "\(database).v\(version).bak" }
}

/// Brings a database to the newest schema: all missing steps in one transaction.
struct Migrator {
    let migrations: [Migration]

    /// The version that this program reads and writes.
    static let latestVersion = Migration.all.last?.version ?? 0

    init(_ migrations: [Migration] = Migration.all) {
        self.migrations = migrations.sorted { $0.version < $1.version }
    }

    var latestVersion: Int { migrations.last?.version ?? 0 }

    static func version(of database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    }

    /// Runs the steps after `version`; nothing remains of them if one fails.
    func migrate(_ database: Database, from version: Int) throws {
        // A step may rebuild a table that others refer to (https://www.sqlite.org/lang_altertable.html#otheralter):
        // references are checked at the end, by hand.
        try database.execute(sql: "PRAGMA foreign_keys = OFF")
        defer { try? database.execute(sql: "PRAGMA foreign_keys = ON") }
        try database.inTransaction(.immediate) {
            for migration in migrations where migration.version > version {
                try database.execute(sql: migration.sql)
            }
            try database.checkForeignKeys()
            try database.execute(sql: "PRAGMA user_version = \(latestVersion)")
            return .commit
        }
    }
}
