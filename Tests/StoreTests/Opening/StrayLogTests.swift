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
