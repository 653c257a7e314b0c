import GRDB
import GRDBSQLite

/// Looks for damage before anything relies on the file.
///
/// SQLite itself notices a cut file and a broken header at the first read. A broken page within it shows only when it
/// is read, so all pages are looked at if that costs little; of a large file, the tables that decide what is
/// polled and sent are, and a broken page of old history is reported by whoever reads it.
enum IntegrityCheck {
    /// `quick_check` reads about 1 GB/s from the page cache: 50 ms at most.
    static let wholeFileLimit: Int64 = 32 << 20
    /// After a crash a little more time is given.
    static let wholeFileLimitAfterCrash: Int64 = 256 << 20

    private static let decidingTables = ["installation", "daemon", "clusters", "scopes", "targets"]

    /// - Throws: `StoreError.corrupt` with SQLite's first finding.
    static func run(on database: Database, path: String, size: Int64, afterCrash: Bool) throws {
        for sql in statements(size: size, afterCrash: afterCrash) {
            try judge(try String.fetchOne(database, sql: sql), path: path)
        }
    }

    /// The same for a reader.
    ///
    /// - Throws: `StoreError.corrupt` with SQLite's first finding.
    static func run(on session: Session, path: String, size: Int64, afterCrash: Bool) throws {
        for sql in statements(size: size, afterCrash: afterCrash) {
            let statement = try session.prepare(sql)
            if try statement.step() { try judge(statement[0], path: path) }
        }
    }

    private static func statements(size: Int64, afterCrash: Bool) -> [String] {
        size <= (afterCrash ? wholeFileLimitAfterCrash : wholeFileLimit)
            ? ["PRAGMA quick_check(1)"] : decidingTables.map { "PRAGMA quick_check('\($0)')" }
    }

    private static func judge(_ finding: String?, path: String) throws {
        guard let finding, finding != "ok" else { return }
        let line = finding.split(whereSeparator: \.isNewline).joined(separator: "; ")
        throw StoreError(code: code(in: finding), message: line, path: path)
    }

    /// A page that the disk does not give is a finding, too: `unable to get the page. error code=8458`.
    private static func code(in finding: String) -> Int32 {
        let digits = finding.utf8.reversed().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.reversed()
        guard finding.contains("error code") else { return SQLITE_CORRUPT }
        return Int32(String(decoding: Array(digits), as: UTF8.self)) ?? SQLITE_CORRUPT
    }
}
