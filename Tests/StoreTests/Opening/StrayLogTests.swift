import Foundation
import GRDB
import Glibc
import Model
import TestSupport
import Testing

@testable import Store

/// A copy that is put in the place of a database whose log is still there: the log is never applied to it.
struct StrayLogTests {
    private let fixture: StoreFixture
    private var files: FileManager { .default }

    init() throws {
        fixture = try StoreFixture()
    }

    /// Records so many events, and returns how many there are.
    private func record(_ count: Int, in store: EventStore) throws -> Int64 {
        var newest: Int64 = 0
        for _ in 0..<count { newest = try store.record(StoreFixture.event()).last?.seq ?? newest }
        return newest
    }

    private func size(_ path: String) -> Int {
        (try? files.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }

    /// Everything must be readable, and numbered as the copy says.
    private func check(_ path: String, goesOnAfter newest: Int64) throws -> EventStore {
        let store = try EventStore(path: path, at: StoreFixture.start, durability: .none)
        #expect(store.newInstallation != nil)
        #expect(try record(1, in: store) == newest + 1)
        let findings = try store.queue.writeWithoutTransaction {
            try String.fetchAll($0, sql: "PRAGMA integrity_check")
        }
        #expect(findings == ["ok"])
        return store
    }

    @Test(arguments: [1, 70])
    func `put there while the daemon runs, which is then stopped and started`(later: Int) throws {
        let store = try fixture.open()
        let newest = try record(40, in: store)
        let copy = fixture.folder.file("copy.db")
        try store.backup(to: copy)
        _ = try record(later, in: store)
        #expect(size(fixture.path + "-wal") > 0)
        #expect(rename(copy, fixture.path) == 0)
        #expect(throws: StoreError.self) { try store.record(StoreFixture.event()) }
        try store.close()
        #expect(!files.fileExists(atPath: fixture.path + "-wal"))
        _ = try check(fixture.path, goesOnAfter: newest)
    }

    @Test
    func `put beside the log of a daemon that was killed: the log is kept under another name`() throws {
        let store = try fixture.open()
        let newest = try record(25, in: store)
        let path = fixture.folder.file("killed.db")
        try store.backup(to: path)
        _ = try record(60, in: store)
        // As a kill leaves it.
        try files.copyItem(atPath: fixture.path + "-wal", toPath: path + "-wal")
        let log = try Data(contentsOf: URL(filePath: path + "-wal"))
        let opened = try check(path, goesOnAfter: newest)
        #expect(opened.newInstallation?.description.contains("it was renamed to \(path)-wal.set-aside.") == true)
        #expect(try Data(contentsOf: URL(filePath: path + "-wal.set-aside")) == log)
        // Its own log is not a stray one.
        _ = try record(3, in: opened)
        for ending in ["", "-wal"] {
            try files.copyItem(atPath: path + ending, toPath: fixture.folder.file("again.db") + ending)
        }
        let again = try EventStore(path: fixture.folder.file("again.db"), at: StoreFixture.start, durability: .none)
        #expect(try record(1, in: again) == newest + 5)
    }

    @Test
    func `written over the file while the daemon runs, which is then stopped and started`() throws {
        let store = try fixture.open()
        let newest = try record(30, in: store)
        let copy = fixture.folder.file("copy.db")
        try store.backup(to: copy)
        _ = try record(45, in: store)
        let bytes = try Data(contentsOf: URL(filePath: copy))
        let handle = try FileHandle(forWritingTo: URL(filePath: fixture.path))
        try handle.write(contentsOf: bytes)
        try handle.truncate(atOffset: UInt64(bytes.count))
        try handle.close()
        try store.close()
        #expect(try Data(contentsOf: URL(filePath: fixture.path)) == bytes)
        #expect(!files.fileExists(atPath: fixture.path + "-wal"))
        _ = try check(fixture.path, goesOnAfter: newest)
    }

    @Test
    func `a log that was set aside before is kept`() throws {
        let store = try fixture.open()
        _ = try record(8, in: store)
        let path = fixture.folder.file("twice.db")
        var logs: [Data] = []
        for _ in 0..<3 {
            for ending in ["", "-wal", "-shm"] { try? files.removeItem(atPath: path + ending) }
            try store.backup(to: path)
            _ = try record(9, in: store)
            try files.copyItem(atPath: fixture.path + "-wal", toPath: path + "-wal")
            logs.append(try Data(contentsOf: URL(filePath: path + "-wal")))
            try EventStore(path: path, at: StoreFixture.start, durability: .none).close()
        }
        let kept = try ["", "-2", "-3"].map { try Data(contentsOf: URL(filePath: path + "-wal.set-aside" + $0)) }
        #expect(kept == logs)
    }

    private func hasLog(_ path: String) throws -> Bool {
        try StrayLog.hasLog(OpenFile(path, writable: false))
    }

    /// The names of the files beside one, without what they begin with.
    private func endings(_ path: String) throws -> [String] {
        let name = URL(filePath: path).lastPathComponent
        return try files.contentsOfDirectory(atPath: fixture.folder.path).filter { $0.hasPrefix(name) }
            .map { String($0.dropFirst(name.count)) }.sorted()
    }

    @Test
    func `a copy that commands changed has no log of its own, and gets no other one`() throws {
        let store = try fixture.open()
        let newest = try record(12, in: store)
        let path = fixture.folder.file("changed.db")
        try store.backup(to: path)
        for number in 1...2 {
            let command = try EventStore(forCommandAt: path)
            let silence = try command.addSilence(
                SilenceMatchers(), until: StoreFixture.time(60), comment: "c", author: "a", at: StoreFixture.start)
            #expect(silence.id == Int64(number))
            #expect(try !hasLog(path), "a command that is killed now leaves no log either")
            #expect(try HistoryReader(path: path).newest() == newest)
            try command.close()
            #expect(try endings(path) == [""])
        }
        _ = try record(33, in: store)
        try files.copyItem(atPath: fixture.path + "-wal", toPath: path + "-wal")
        let opened = try check(path, goesOnAfter: newest)
        #expect(try hasLog(path))
        #expect(opened.newInstallation?.description.contains("it was renamed to \(path)-wal.set-aside.") == true)
        #expect(try opened.read { try $0.integer("SELECT count(*) FROM silences") } == 2)
        // What a daemon has worked on keeps its log.
        try opened.close()
        try EventStore(forCommandAt: path).close()
        #expect(try hasLog(path))
    }

    @Test
    func `what was copied into a new file has no log either`() throws {
        let store = try fixture.open()
        let newest = try record(20, in: store)
        let backup = fixture.folder.file("backup.db")
        try store.backup(to: backup)
        let path = fixture.folder.file("made.db")
        _ = try DatabaseTransfer.copy(from: .file(backup), to: .file(path), at: StoreFixture.time(5))
        for file in [backup, path] {
            #expect(try !hasLog(file))
            #expect(try endings(file) == [""])
        }
        _ = try record(15, in: store)
        try files.copyItem(atPath: fixture.path + "-wal", toPath: path + "-wal")
        let opened = try EventStore(path: path, at: StoreFixture.start, durability: .none)
        #expect(opened.newInstallation == nil && opened.strayLog == "\(path)-wal.set-aside")
        #expect(try record(1, in: opened) == newest + 1)
    }

    @Test
    func `a change of a copy in the middle of which a command was killed is undone`() throws {
        let store = try fixture.open()
        let events = (0..<600).map { RoutedEvent(event: StoreFixture.event(of: "pm-\($0)"), targets: []) }
        _ = try store.record(Recording(events: events), at: StoreFixture.start)
        let copy = fixture.folder.file("copy.db")
        try store.backup(to: copy)
        let killed = fixture.folder.file("killed.db")
        let command = try DatabaseQueue(path: copy)
        try command.writeWithoutTransaction { database in
            // So that a part of the change is in the file before the end.
            try database.execute(sql: "PRAGMA cache_size = 1")
            try database.inTransaction {
                try database.execute(sql: "UPDATE events SET name = 'x' || hex(randomblob(300))")
                for ending in ["", "-journal"] {
                    try files.copyItem(atPath: copy + ending, toPath: killed + ending)
                }
                return .rollback
            }
        }
        let reader = try ReadConnection(path: killed)
        #expect(try reader.integer("SELECT count(*) FROM events WHERE name LIKE 'x%'") == 0)
        #expect(try reader.integer("SELECT max(seq) FROM events") == 600)
        try reader.checkIntegrity(isThorough: true)
        #expect(try endings(killed) == [""])
    }

    @Test
    func `a file that cannot be opened is left as it is, whatever its log says`() throws {
        let store = try fixture.open()
        _ = try record(5, in: store)
        try store.close()
        let other = try DatabaseQueue(path: fixture.folder.file("other.db"))
        try other.writeWithoutTransaction { database in
            try database.execute(
                sql: "PRAGMA journal_mode = WAL; PRAGMA application_id = 7; CREATE TABLE other (id INTEGER PRIMARY KEY)"
            )
        }
        try? files.removeItem(atPath: fixture.path + "-wal")
        try? files.removeItem(atPath: fixture.path + "-shm")
        try files.copyItem(atPath: fixture.folder.file("other.db-wal"), toPath: fixture.path + "-wal")
        let before = try Data(contentsOf: URL(filePath: fixture.path))
        #expect(throws: StoreError.self) { try fixture.open() }
        #expect(throws: StoreError.self) { try EventStore(forCommandAt: fixture.path) }
        #expect(try Data(contentsOf: URL(filePath: fixture.path)) == before)
        try files.removeItem(atPath: fixture.path + "-wal")
        #expect(try record(1, in: try fixture.open()) == 6)
        try other.close()
    }
}
