import GRDBSQLite

/// The SQLite that this program runs with.
package enum SQLiteLibrary {
    package static var version: String { String(cString: sqlite3_libversion()) }

    /// Whether it can lose commits if two connections write, or copy the log back, at the same moment
    /// (https://www.sqlite.org/wal.html#walresetbug). The daemon has one connection that writes; another program beside
    /// it, `sqlite3` or Litestream for example, makes two.
    package static var canLoseCommits: Bool { canLoseCommits(sqlite3_libversion_number()) }

    /// - Parameter number: 3051003 for 3.51.3. 3.44.6 and 3.50.7 have the fix as well.
    static func canLoseCommits(_ number: Int32) -> Bool {
        (3_007_000..<3_051_003).contains(number) && !(3_044_006..<3_045_000).contains(number)
            && !(3_050_007..<3_051_000).contains(number)
    }
}
