import Foundation
import Model
import Postgres
import TestSupport
import Testing

@testable import Store

/// Copying a database into an empty one, of either kind.
@Suite(.enabled(if: RealPostgres.isInstalled, "\(RealPostgres.missing)"))
struct TransferTests {
    private func emptyPostgres() async throws -> PostgresSource {
        let server = try await RealPostgres.shared()
        let address = try PostgresAddress(server.socketURL(try await server.makeDatabase()))
        return try PostgresSource { address }
    }

    /// More rows than are read at once, and something in each table that grows.
    private func fill(_ store: EventStore) throws {
        let events = (0..<2300).map {
            RoutedEvent(event: StoreFixture.event(of: "pm-\($0 % 5)", at: Double($0)), targets: ["chat", "ops"])
        }
        var cluster = ClusterRecord(id: ClusterID("pm-1"), name: "é\u{1F600}", scope: StoreFixture.scope)
        cluster.status = .failed
        cluster.digest = BodyDigest(high: .max, low: 1)
        let answer = AnswerRecord(
            cluster: cluster.id, observedAt: StoreFixture.start, requestID: nil, body: [0x7B, 0x00, 0xFF, 0x7D])
        _ = try store.record(
            Recording(events: events, clusters: [cluster], answers: [answer]), at: StoreFixture.start)
        try store.settle(
            1, .pending, next: 99,
            attempt: AttemptRecord(
                startedAt: StoreFixture.time(3), duration: .milliseconds(7),
                verdict: Verdict(.tryAgain(retryAfter: nil), code: "503", reason: "busy")), at: 3)
        _ = try store.addSilence(
            SilenceMatchers(), until: StoreFixture.time(60), comment: "c", author: "a", at: StoreFixture.start)
        _ = try store.acknowledge(["pm-1"], by: "wang", comment: nil, at: StoreFixture.time(5))
        _ = try store.write { try $0.changedRows("DELETE FROM outbox WHERE seq = 2300") }
        _ = try store.write { try $0.changedRows("DELETE FROM events WHERE seq = 2300") }
    }

    private func rows(_ session: Session) throws -> [String: [[SQLValue]]] {
        try StoredTable.all.reduce(into: [:]) { found, table in
            found[table.name] = try session.rows(table.query(isNext: false), [100_000]) {
                try table.values(of: $0, in: "")
            }
        }
    }

    @Test
    func `from a file to PostgreSQL and back, all is the same`() async throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try fill(store)
        let before = try store.read { try rows($0) }
        #expect(before["events"]?.count == 2299 && before["attempts"]?.count == 1 && before["acks"]?.count == 1)
        try store.close()

        let postgres = try await emptyPostgres()
        let result = try DatabaseTransfer.copy(
            from: .file(fixture.path), to: .postgres(postgres), at: StoreFixture.time(9))
        #expect(result.newInstallation == nil)
        #expect(result.count == before.values.map(\.count).reduce(0, +))
        let back = fixture.folder.file("back.db")
        _ = try DatabaseTransfer.copy(from: .postgres(postgres), to: .file(back), at: StoreFixture.time(9))
        for again in [
            try EventStore(forCommandOn: postgres),
            try EventStore(path: back, at: StoreFixture.time(10), durability: .none),
        ] {
            #expect(again.newInstallation == nil)
            #expect(again.installation == "k3v9x2ab")
            let after = try again.read { try rows($0) }
            for table in StoredTable.all { #expect(after[table.name] == before[table.name], "\(table.name)") }
            // Numbers go on, also after events that were deleted.
            #expect(try again.record(StoreFixture.event(), for: []).map(\.seq) == [2301])
            let silence = try again.addSilence(
                SilenceMatchers(), until: StoreFixture.time(60), comment: "c", author: "a", at: StoreFixture.start)
            #expect(silence.id == 2)
            #expect(try again.due(at: 99).contains(1))
            try again.close()
        }
    }

    @Test
    func `a backup goes on under another code, of either kind`() async throws {
        let fixture = try StoreFixture()
        let store = try fixture.open(code: "original")
        try store.record(StoreFixture.event(), StoreFixture.event())
        let backup = fixture.folder.file("backup.db")
        try store.backup(to: backup)
        // Sent before the disk was lost: the backup knows nothing of it.
        #expect(try store.record(StoreFixture.event()).map(\.id) == ["original-3"])
        try store.close()
        let moved = fixture.folder.file("moved.db")
        try FileManager.default.copyItem(atPath: fixture.path, toPath: moved)

        let copy = fixture.folder.file("copy.db")
        let postgres = try await emptyPostgres()
        for target in [DatabaseAddress.file(copy), .postgres(postgres)] {
            let result = try DatabaseTransfer.copy(from: .file(backup), to: target, at: StoreFixture.time(9))
            let new = try #require(result.newInstallation)
            #expect(new.old == "original" && new.new != "original")
            #expect(new.words(of: "backup.db").hasPrefix("backup.db comes from a copy: it was written by"))
            let again: EventStore =
                switch target {
                case .file(let path): try EventStore(path: path, at: StoreFixture.time(10), durability: .none)
                case .postgres(let source): try EventStore(postgres: source)
                }
            #expect(again.newInstallation == nil)
            #expect(try again.record(StoreFixture.event()).map(\.id) == ["\(new.new)-3"])
            #expect(again.numbering.id(2).description == "original-2")
            try again.close()
        }
        // A file that was copied by other means, and of which nothing says that it is a copy.
        let third = fixture.folder.file("third.db")
        let result = try DatabaseTransfer.copy(from: .file(moved), to: .file(third), at: StoreFixture.time(9))
        #expect(result.newInstallation?.old == "original")
        #expect(try HistoryReader(path: third).installation == result.newInstallation?.new)
    }

    @Test
    func `what is there is never written over`() async throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try store.record(StoreFixture.event())
        try store.close()
        let postgres = try await emptyPostgres()
        try EventStore(postgres: postgres, at: StoreFixture.start).record(StoreFixture.event(.gone))
        #expect(throws: StoreError.occupied(place: postgres.place)) {
            try DatabaseTransfer.copy(from: .file(fixture.path), to: .postgres(postgres), at: StoreFixture.start)
        }
        #expect(throws: StoreError.occupied(place: fixture.path)) {
            try DatabaseTransfer.copy(from: .postgres(postgres), to: .file(fixture.path), at: StoreFixture.start)
        }
        #expect(try HistoryReader(postgres: postgres).newest() == 1)
    }

    @Test
    func `a database that a daemon works on is not copied`() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        let copy = fixture.folder.file("copy.db")
        #expect {
            try DatabaseTransfer.copy(from: .file(fixture.path), to: .file(copy), at: StoreFixture.start)
        } throws: { error in
            if case StoreError.held = error { true } else { false }
        }
        try store.close()
        #expect(!FileManager.default.fileExists(atPath: copy))
    }

    @Test
    func `a copy that fails leaves nothing`() async throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try fill(store)
        try store.close()
        struct Stop: Error {}
        let copy = fixture.folder.file("copy.db")
        let postgres = try await emptyPostgres()
        for target in [DatabaseAddress.file(copy), .postgres(postgres)] {
            #expect(throws: Stop.self) {
                try DatabaseTransfer.copy(from: .file(fixture.path), to: target, at: StoreFixture.start) { step in
                    // After the events.
                    if step == .copying("attempts") { throw Stop() }
                }
            }
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path)
        #expect(names.filter { $0.hasPrefix("copy.db") } == [])
        _ = try DatabaseTransfer.copy(from: .file(fixture.path), to: .postgres(postgres), at: StoreFixture.start)
        #expect(try HistoryReader(postgres: postgres).newest() == 2299)
    }
}
