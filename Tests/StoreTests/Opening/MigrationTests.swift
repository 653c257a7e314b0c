import Foundation
import GRDB
import Migrations
import Model
import Testing

@testable import Store

struct MigrationTests {
    /// The folder at the top of the package.
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "migrations")

    @Test
    func `every file of the folder is compiled in, word for word`() throws {
        let files = try FileManager.default.contentsOfDirectory(at: Self.folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "sql" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        #expect(!files.isEmpty)
        #expect(Migration.all.map { $0.file + ".sql" } == files.map(\.lastPathComponent))
        for (migration, file) in zip(Migration.all, files) {
            #expect(try migration.sql.trimmed == String(contentsOf: file, encoding: .utf8).trimmed)
        }
    }

    @Test
    func `versions count up from one without gaps`() {
        #expect(Migration.all.map(\.version) == Array(1...Migration.all.count))
    }

    @Test
    func `user_version is the number of the last migration`() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        #expect(try store.read { try $0.int("PRAGMA user_version") } == Migration.all.last?.version)
    }

    private static let next = Migration(
        file: "\(Migration.all.count + 1)_next",
        sql: "ALTER TABLE events ADD COLUMN extra TEXT; UPDATE events SET extra = event;")

    @Test
    func `an older database is migrated, and a copy of it kept`() throws {
        let fixture = try StoreFixture()
        let old = Migration.all.count
        let store = try fixture.open()
        try store.record(StoreFixture.event(.failed), StoreFixture.event(.completed))
        try store.close()
        var steps: [OpeningStep] = []
        let migrated = try fixture.open(migrations: Migration.all + [Self.next]) { steps.append($0) }
        #expect(steps.contains(.migrating(fromVersion: old, toVersion: old + 1)))
        #expect(
            try migrated.read { try $0.texts("SELECT extra FROM events") } == ["failed", "completed"])
        #expect(try migrated.read { try $0.int("PRAGMA user_version") } == old + 1)
        let copy = try DatabaseQueue(path: fixture.path + ".v\(old).bak")
        #expect(try copy.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == old)
        #expect(try copy.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM events") } == 2)
    }

    @Test
    func `alerts and attempts of an outbox without holds come along, in their order`() throws {
        let fixture = try StoreFixture()
        try fixture.makeOld(migrations: 5)
        try fixture.outsideFile().write { database in
            for (target, state, next) in [("a", "pending", 7), ("b", "dead", nil)] as [(String, String, Int?)] {
                try database.execute(
                    sql: """
                        INSERT INTO outbox (seq, target, line, state, attempts, created_at, waiting_since,
                            next_attempt_at, updated_at, last_error) VALUES (1, ?, 'pm-1', ?, 1, 2, 3, ?, 4, 'why')
                        """, arguments: [target, state, next])
                try database.execute(
                    sql: """
                        INSERT INTO attempts (seq, target, number, started_at, duration_ms, outcome)
                        VALUES (1, ?, 1, 5, 6, 'try_again')
                        """, arguments: [target])
            }
        }
        let store = try fixture.open()
        #expect(try store.alertCounts() == AlertCounts(pending: 1, dead: 1, held: 0))
        let reader = try HistoryReader(path: fixture.path)
        let rows = try reader.alerts(ofEvent: 1)
        #expect(rows.map(\.state) == [.pending, .dead])
        #expect(rows.map(\.lastError) == ["why", "why"])
        #expect(rows.map { $0.nextAttemptAt?.milliseconds } == [7, nil])
        #expect(try reader.attempts(at: AlertKey(seq: 1, target: "b")).count == 1)
        #expect(try store.due("a", at: 0) == [1])
        // The reference of an attempt to its alert still holds.
        try store.write { try $0.run("DELETE FROM outbox WHERE target = 'a'") }
        let left = try store.read { try $0.texts("SELECT target FROM attempts") }
        #expect(left == ["b"])
    }

    @Test
    func `a migration that fails leaves everything as it was`() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try store.record(StoreFixture.event())
        try store.close()
        let broken = Migration(
            file: "\(Migration.all.count + 2)_broken", sql: "CREATE TABLE half (a); SELECT * FROM nowhere;")
        #expect(throws: (any Error).self) {
            try fixture.open(migrations: Migration.all + [Self.next, broken])
        }
        let reopened = try fixture.open()
        #expect(try reopened.read { try $0.int("PRAGMA user_version") } == Migration.all.count)
        #expect(try reopened.read { try $0.int("SELECT count(*) FROM events") } == 1)
        #expect(try reopened.read { try $0.int("SELECT count(*) FROM sqlite_master WHERE name = 'half'") } == 0)
    }

    @Test
    func `a database of a newer version is refused and not touched`() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open(migrations: Migration.all + [Self.next])
        try store.record(StoreFixture.event())
        try store.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        let known = Migration.all.count
        #expect(throws: StoreError.newerSchema(path: fixture.path, found: known + 1, known: known, copy: nil)) {
            try fixture.open(migrations: Migration.all)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: fixture.path)) == before)
    }

    @Test
    func `the refusal of a newer version names a copy only if there is one that can be read`() throws {
        let fixture = try StoreFixture()
        try fixture.makeOld(migrations: 3)
        try fixture.open(migrations: Migration.all + [Self.next]).close()
        func refusal() -> StoreError? {
            #expect(throws: StoreError.self) { try fixture.open(migrations: Migration.all) }
        }
        let copy = fixture.path + ".v3.bak"
        #expect(refusal()?.description.contains("restore \(copy),") == true)
        // A copy of a schema that this version does not know either is of no use.
        try FileManager.default.moveItem(atPath: copy, toPath: fixture.path + ".v\(Migration.all.count + 1).bak")
        #expect(refusal()?.description.hasSuffix("Install that version again.") == true)
    }
}
