import Foundation
import GRDB
import Migrations
import Model
import TestSupport
import Testing

@testable import Store

/// A damaged file is refused with what to do; it is never taken for an empty database, and never changed.
struct DamageTests {
    private let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
        let store = try fixture.open()
        let events = (0..<300).map { index in
            RoutedEvent(event: StoreFixture.event(of: "pm-\(index % 7)"), targets: ["chat"])
        }
        _ = try store.record(Recording(events: events), at: StoreFixture.start)
        try store.close()
    }

    private var file: URL { URL(fileURLWithPath: fixture.path) }

    private func damage(_ change: (inout Data) -> Void) throws {
        var bytes = try Data(contentsOf: file)
        change(&bytes)
        try bytes.write(to: file)
    }

    private func expectRefusal() throws {
        let before = try Data(contentsOf: file)
        let error = #expect(throws: StoreError.self) { try fixture.open() }
        guard case .corrupt(let path, _) = error else {
            Issue.record("not called corrupt, but \(String(describing: error))")
            return
        }
        #expect(path == fixture.path)
        // Another look finds it, too: not a disk that could not be read for a moment.
        guard case .corrupt = error?.confirmed else {
            Issue.record("damage is passed over: \(String(describing: error?.confirmed))")
            return
        }
        let words = "\(try #require(error))"
        #expect(
            words.contains("polarai-daemon backup") || words.contains("is a database of another program"), "\(words)")
        #expect(try Data(contentsOf: file) == before)
        // Who only reads finds the same, if asked to look.
        #expect(throws: StoreError.self) { try HistoryReader(path: fixture.path).checkIntegrity() }
    }

    @Test
    func `a header of zeros`() throws {
        try damage { $0.replaceSubrange(0..<100, with: Data(count: 100)) }
        try expectRefusal()
    }

    @Test
    func `all zeros`() throws {
        try damage { $0 = Data(count: $0.count) }
        try expectRefusal()
    }

    @Test
    func `text`() throws {
        try damage { $0 = Data("these are not the bytes you are looking for\n".utf8) }
        try expectRefusal()
    }

    @Test
    func `cut to nothing`() throws {
        try damage { $0 = Data() }
        try expectRefusal()
    }

    @Test(arguments: [1, 99, 100, 4095, 4096, 5000, 40960])
    func `cut to some bytes`(length: Int) throws {
        try damage { $0 = $0.prefix(length) }
        try expectRefusal()
    }

    @Test
    func `the last page missing`() throws {
        try damage { $0.removeLast(4096) }
        try expectRefusal()
    }

    @Test
    func `the root page of any table or index overwritten`() throws {
        let intact = try Data(contentsOf: file)
        let roots = try fixture.outsideFile().read {
            try Int.fetchAll($0, sql: "SELECT rootpage FROM sqlite_master WHERE rootpage > 0")
        }
        #expect(roots.count > 10)
        for root in roots {
            try intact.write(to: file)
            for ending in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: fixture.path + ending) }
            try damage { $0.replaceSubrange((root - 1) * 4096..<root * 4096, with: Data(repeating: 0xA5, count: 4096)) }
            try expectRefusal()
        }
    }

    /// Of a large file only some tables are looked at when it is opened.
    @Test(arguments: ["outbox", "outbox_pending"])
    func `damage in a file of 40 MB, beside the tables that are looked at first`(name: String) throws {
        try fixture.outsideFile().write {
            try $0.execute(sql: "INSERT INTO answers VALUES ('pm-large', 0, NULL, zeroblob(41943040))")
        }
        let found = try fixture.outsideFile().read {
            try Int.fetchOne($0, sql: "SELECT rootpage FROM sqlite_master WHERE name = ?", arguments: [name])
        }
        let root = try #require(found)
        for ending in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: fixture.path + ending) }
        try damage { $0.replaceSubrange((root - 1) * 4096..<root * 4096, with: Data(repeating: 0xA5, count: 4096)) }
        let error = #expect(throws: StoreError.self) { try fixture.open() }
        guard case .corrupt = error, case .corrupt = error?.confirmed else {
            Issue.record("\(String(describing: error)), \(String(describing: error?.confirmed))")
            return
        }
    }

    @Test
    func `damage in a file of an older program is not its age`() throws {
        try fixture.outsideFile().write { try $0.execute(sql: "PRAGMA user_version = \(Migration.all.count - 1)") }
        for ending in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: fixture.path + ending) }
        try damage { $0.removeLast(4096) }
        let error = #expect(throws: StoreError.self) { try fixture.open() }
        guard case .corrupt = error, case .corrupt = error?.confirmed else {
            Issue.record("\(String(describing: error)), \(String(describing: error?.confirmed))")
            return
        }
    }

    @Test(arguments: 1...40)
    func `a flipped byte in the structure of a page is found, or harms nothing`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let pages = try Data(contentsOf: file).count / 4096
        let page = Int.random(in: 1..<pages, using: &random)
        let offset = Int.random(in: 0..<8, using: &random)
        try damage { $0[page * 4096 + offset] ^= 0xFF }
        do {
            let store = try fixture.open()
            #expect(try store.read { try $0.int("SELECT count(*) FROM events NOT INDEXED") } == 300)
        } catch let error as StoreError {
            guard case .corrupt = error else { throw error }
        }
    }

    @Test
    func `the file missing while its log holds changes`() throws {
        try FileManager.default.removeItem(at: file)
        try Data(repeating: 1, count: 4096).write(to: URL(fileURLWithPath: fixture.path + "-wal"))
        #expect(throws: StoreError.self) { try fixture.open() }
        #expect(!FileManager.default.fileExists(atPath: fixture.path))
        #expect(FileManager.default.fileExists(atPath: fixture.path + "-wal"))
    }

    @Test
    func `a database of another program`() throws {
        try FileManager.default.removeItem(at: file)
        let other = try DatabaseQueue(path: fixture.path)
        try other.write { try $0.execute(sql: "CREATE TABLE theirs (a)") }
        try other.close()
        try expectRefusal()
    }
}
