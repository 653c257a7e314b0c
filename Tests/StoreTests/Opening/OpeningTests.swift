import Foundation
import GRDB
import Model
import TestSupport
import Testing

@testable import Store

struct OpeningTests {
    private let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
    }

    @Test
    func `the live connection works with a write-ahead log and full synchronisation`() throws {
        let store = try fixture.open(durability: .full)
        #expect(try pragma("journal_mode", of: store) == "wal")
        // 2 is FULL: https://www.sqlite.org/pragma.html#pragma_synchronous
        #expect(try pragma("synchronous", of: store) == "2")
        #expect(try pragma("foreign_keys", of: store) == "1")
        // After use it is as it was.
        try store.record(StoreFixture.event())
        #expect(try pragma("synchronous", of: store) == "2")
    }

    @Test
    func `FULL is what opening asks for where nothing else is said`() throws {
        let store = try EventStore(path: fixture.path, at: StoreFixture.start)
        #expect(try pragma("synchronous", of: store) == "2")
    }

    private func pragma(_ name: String, of store: EventStore) throws -> String? {
        try store.queue.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA \(name)") }
    }

    @Test
    func `file, log and shared memory are readable by the group and by nobody else`() throws {
        let store = try fixture.open()
        try store.record(StoreFixture.event())
        for ending in ["", "-wal", "-shm", ".last"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: fixture.path + ending)
            let mode = try #require(attributes[.posixPermissions] as? Int)
            #expect(mode & 0o137 == 0, "\(ending) has mode \(String(mode, radix: 8))")
            if ending != ".last" { #expect(mode == 0o640) }
        }
    }

    @Test
    func `the folder is made where it is missing`() throws {
        let path = fixture.folder.file("a/b/polarai.db")
        let store = try EventStore(path: path, at: StoreFixture.start, durability: .none)
        try store.record(StoreFixture.event())
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test
    func `a second opener is refused at once, and the message names who holds it`() throws {
        let store = try fixture.open()
        #expect(throws: StoreError.held(path: fixture.path, byPID: getpid())) { try fixture.open() }
        try store.close()
        _ = try fixture.open()
    }

    @Test
    func `asking whether it is held never takes the lock`() throws {
        let store = try fixture.open()
        #expect(try fixture.holder() == getpid())
        #expect(try fixture.holder() == getpid())
        try store.close()
        #expect(try fixture.holder() == nil)
    }

    @Test
    func `a database has one installation code for life, and another has another`() throws {
        let first = try EventStore(path: fixture.folder.file("1.db"), at: StoreFixture.start, durability: .none)
        #expect(first.installation.wholeMatch(of: /[a-z0-9]{8}/) != nil)
        try first.close()
        let again = try EventStore(path: fixture.folder.file("1.db"), at: StoreFixture.start, durability: .none)
        #expect(again.installation == first.installation)
        let second = try EventStore(path: fixture.folder.file("2.db"), at: StoreFixture.start, durability: .none)
        #expect(second.installation != first.installation)
    }

    @Test
    func `what a crash left of a database in the making is not an obstacle`() throws {
        try Data("half".utf8).write(to: URL(fileURLWithPath: fixture.path + ".creating"))
        let store = try fixture.open()
        #expect(try store.record(StoreFixture.event()).map(\.seq) == [1])
        #expect(!FileManager.default.fileExists(atPath: fixture.path + ".creating"))
    }

    @Test
    func `an empty file that was never a database becomes one`() throws {
        try Data().write(to: URL(fileURLWithPath: fixture.path))
        #expect(try fixture.open().record(StoreFixture.event()).map(\.seq) == [1])
    }

    @Test
    func `a folder in the place of the file is said to be one`() throws {
        try FileManager.default.createDirectory(atPath: fixture.path, withIntermediateDirectories: false)
        #expect(throws: StoreError.io(path: fixture.path, detail: "it is not a regular file")) { try fixture.open() }
    }
}
