import Foundation
import Model
import Postgres
import TestSupport
import Testing

@testable import Store

/// What is not whole, or not what was read, is not taken for a copy.
struct TransferCheckTests {
    private let fixture: StoreFixture
    private var copy: String { fixture.folder.file("copy.db") }

    init() throws {
        fixture = try StoreFixture()
        let store = try fixture.open()
        let events = (0..<2300).map {
            RoutedEvent(event: StoreFixture.event(of: "pm-\($0 % 5)", at: Double($0)), targets: ["chat", "ops"])
        }
        _ = try store.record(Recording(events: events), at: StoreFixture.start)
        try store.close()
    }

    private func emptyPostgres(_ script: String) async throws -> PostgresSource {
        let server = try await RealPostgres.shared()
        let address = try PostgresAddress(server.socketURL(try await server.makeDatabase()))
        let source = try PostgresSource { address }
        try EventStore(postgres: source, at: StoreFixture.start).close()
        try source.connect().runScript(script)
        return source
    }

    /// What a copy of the fixture's database fails with.
    private func failure(
        _ target: DatabaseAddress, _ progress: (TransferStep) throws -> Void = { _ in }
    ) throws -> StoreError? {
        do {
            _ = try DatabaseTransfer.copy(
                from: .file(fixture.path), to: target, at: StoreFixture.start, progress: progress)
            return nil
        } catch let error as StoreError {
            return error
        }
    }

    private func remains() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path).filter { $0.hasPrefix("copy.db") }
    }

    @Test
    func `a file of which a part is only in its log is not published`() throws {
        var reader: ReadConnection?
        let error = try failure(.file(copy)) { step in
            guard step == .copying("attempts") else { return }
            // Nothing can be copied back while it reads, as if the disk had no room for it.
            let connection = try ReadConnection(path: copy + ".partial")
            try connection.sqlite.execute("BEGIN")
            _ = try connection.integer("SELECT count(*) FROM events")
            reader = connection
        }
        guard case .io = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try remains() == [])
        #expect(reader != nil)
        reader = nil
        #expect(try failure(.file(copy)) == nil)
        #expect(try remains() == ["copy.db"])
        #expect(try HistoryReader(path: copy).newest() == 2300)
    }

    @Test
    func `what is there of a copy that is not whole is known to whoever ends the program`() throws {
        var found: [String] = []
        let error = try failure(.file(copy)) { step in
            guard step == .comparing("events") else { return }
            found = try remains()
            let noted = UnfinishedCopy.noted
            #expect(found.allSatisfy { name in noted.contains { $0.hasSuffix("/" + name) } }, "\(found)")
        }
        #expect(error == nil)
        #expect(found.contains("copy.db.partial") && found.contains("copy.db.partial-wal"))
        let folder = URL(filePath: fixture.folder.path).lastPathComponent
        #expect(!UnfinishedCopy.noted.contains { $0.contains(folder) })
    }

    @Test
    func `a file that got the name meanwhile is kept`() throws {
        let other = Data("somebody else's".utf8)
        let error = try failure(.file(copy)) { step in
            if step == .comparing("names") { try other.write(to: URL(fileURLWithPath: copy)) }
        }
        #expect(error == .occupied(place: copy))
        #expect(try Data(contentsOf: URL(fileURLWithPath: copy)) == other)
        #expect(try remains() == ["copy.db"])
    }

    @Test
    func `a text that is not in UTF-8 is named, and not replaced by another one`() throws {
        let store = try fixture.open()
        _ = try store.write {
            try $0.changedRows("UPDATE events SET request_id = CAST(X'61FF' AS TEXT) WHERE seq = 7")
        }
        try store.close()
        let detail = "request_id of a row of the table events (seq 7) is not text in UTF-8"
        #expect(try failure(.file(copy)) == .corrupt(path: fixture.path, detail: detail))
        #expect(try remains() == [])
    }

    @Test(.enabled(if: RealPostgres.isInstalled, "\(RealPostgres.missing)"))
    func `what arrives changed is found, and nothing of the copy is kept`() async throws {
        let target = try await emptyPostgres(
            """
            CREATE FUNCTION other() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN NEW.request_id := 'other'; RETURN NEW; END $$;
            CREATE TRIGGER other BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.seq = 7) EXECUTE FUNCTION other();
            """)
        guard case .io(_, let detail) = try failure(.postgres(target)) else {
            Issue.record("it was kept")
            return
        }
        #expect(detail.contains("the copy of table events differs from the original"))
        #expect(detail.contains("values differ"))
        #expect(try HistoryReader(postgres: target).newest() == 0)
    }

    @Test(.enabled(if: RealPostgres.isInstalled, "\(RealPostgres.missing)"))
    func `rows that do not arrive are missed`() async throws {
        let target = try await emptyPostgres(
            """
            CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
            CREATE TRIGGER nothing BEFORE INSERT ON outbox FOR EACH ROW WHEN (NEW.seq = 7) EXECUTE FUNCTION nothing();
            """)
        guard case .io(_, let detail) = try failure(.postgres(target)) else {
            Issue.record("it was kept")
            return
        }
        #expect(detail.contains("4600 rows read, 4598 written"))
        #expect(try HistoryReader(postgres: target).newest() == 0)
    }

    @Test(.enabled(if: RealPostgres.isInstalled, "\(RealPostgres.missing)"))
    func `a server that is slower than the file is waited for, part by part`() async throws {
        // All rows together take longer than one answer may.
        let target = try await emptyPostgres(
            """
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_sleep(0.001); RETURN NEW; END $$;
            CREATE TRIGGER slow BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION slow();
            CREATE TRIGGER slow BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION slow();
            """)
        let options = PostgresOptions(statementLimit: .seconds(4), idleLimit: .seconds(60))
        let hasty = try PostgresSource(options: options, address: target.address)
        #expect(try failure(.postgres(hasty)) == nil)
        #expect(try HistoryReader(postgres: target).newest() == 2300)
    }
}
