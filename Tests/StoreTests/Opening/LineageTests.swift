import Foundation
import GRDB
import Model
import TestSupport
import Testing

@testable import Store

/// A copy that goes on under the same code would give an id for the second time.
struct LineageTests {
    private let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
        let store = try fixture.open(code: "original")
        try store.record(StoreFixture.event(of: "a"), StoreFixture.event(of: "b"))
        try store.close()
    }

    private var files: FileManager { .default }

    private func ids() throws -> [String] {
        var ids: [String] = []
        _ = try HistoryReader(path: fixture.path).history(HistoryFilter(), limit: nil) {
            ids.append($0.id.description)
        }
        return ids
    }

    /// Opens what is there now, and records one event.
    private func goOn(_ code: String = "restored") throws -> NewInstallation? {
        let store = try fixture.open(code: code)
        let stored = try store.record(StoreFixture.event(of: "c"))
        #expect(stored.map(\.id) == ["\(store.installation)-\(stored[0].seq)"])
        try store.close()
        return store.newInstallation
    }

    @Test
    func `a database that goes on is not a copy, also after a crash and under another name`() throws {
        #expect(try goOn() == nil)
        var crashed: EventStore? = try fixture.open()
        try crashed?.record(StoreFixture.event())
        crashed = nil
        #expect(try goOn() == nil)
        let other = fixture.folder.file("other.db")
        try files.moveItem(atPath: fixture.path, toPath: other)
        let store = try EventStore(path: other, at: StoreFixture.start, durability: .none)
        #expect(store.newInstallation == nil)
        #expect(store.installation == "original")
    }

    @Test
    func `what backup wrote gets a new code, and old events keep their ids`() throws {
        let copy = fixture.folder.file("copy.db")
        try HistoryReader(path: fixture.path).backup(to: copy)
        #expect(try goOn() == nil)
        // Into the same file, as `cp` does it: neither its number nor the time it was made changes.
        try Data(contentsOf: URL(fileURLWithPath: copy)).write(to: URL(fileURLWithPath: fixture.path))
        let new = try #require(try goOn())
        #expect(new.old == "original")
        #expect(new.new == "restored")
        #expect("\(new)".contains("backup"))
        #expect(try ids() == ["original-1", "original-2", "restored-3"])
        #expect(try goOn("again123") == nil)
        #expect(try ids().last == "restored-4")
    }

    @Test
    func `a backup in an unchanged place is a copy too`() throws {
        let copy = fixture.folder.file("copy.db")
        try fixture.open().backup(to: copy)
        let store = try EventStore(path: copy, at: StoreFixture.start, durability: .none, newInstallation: "elsewher")
        #expect(store.newInstallation?.new == "elsewher")
        #expect(store.numbering.seq(of: "original-2") == 2)
        #expect(store.numbering.seq(of: "elsewher-2") == nil)
        #expect(store.numbering.seq(of: "elsewher-3") == 3)
    }

    @Test
    func `a file that was copied is another file`() throws {
        let copy = fixture.folder.file("moved/polarai.db")
        try files.createDirectory(atPath: fixture.folder.file("moved"), withIntermediateDirectories: true)
        try files.copyItem(atPath: fixture.path, toPath: copy)
        let store = try EventStore(path: copy, at: StoreFixture.start, durability: .none, newInstallation: "anotherd")
        #expect(store.newInstallation?.new == "anotherd")
    }

    @Test
    func `a copy of the file itself, put back into it, is known by what was stored since`() throws {
        let old = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        #expect(try goOn() == nil)
        try old.write(to: URL(fileURLWithPath: fixture.path))
        let new = try #require(try goOn())
        #expect("\(new)".contains("events up to number 3 had been stored here"))
        #expect(try ids() == ["original-1", "original-2", "restored-3"])
    }

    @Test
    func `a database of another place is not taken for the one that was here`() throws {
        let other = try StoreFixture()
        let store = try other.open(code: "elsewher")
        try store.record(StoreFixture.event())
        try store.close()
        try Data(contentsOf: URL(fileURLWithPath: other.path)).write(to: URL(fileURLWithPath: fixture.path))
        #expect(try goOn()?.old == "elsewher")
    }

    @Test
    func `a new database where one was before begins at one, and is not a copy`() throws {
        try files.removeItem(atPath: fixture.path)
        for ending in ["-wal", "-shm"] { try? files.removeItem(atPath: fixture.path + ending) }
        #expect(try goOn("brandnew") == nil)
        #expect(try ids() == ["brandnew-1"])
    }

    @Test
    func `a database of the version before is not a copy when it is migrated`() throws {
        let old = try StoreFixture()
        try old.makeOld(migrations: 2)
        let store = try old.open(code: "anotherd")
        #expect(store.newInstallation == nil)
        #expect(try store.record(StoreFixture.event()).map(\.id) == ["k3v9x2ab-2"])
    }

    @Test
    func `without the file beside it nothing is missed`() throws {
        try files.removeItem(atPath: fixture.path + ".last")
        #expect(try goOn() == nil)
        try Data("rubbish\0".utf8).write(to: URL(fileURLWithPath: fixture.path + ".last"))
        #expect(try goOn() == nil)
    }

    @Test
    func `alerts of a database with two codes are found by the ids that they were sent under`() throws {
        let copy = fixture.folder.file("copy.db")
        try HistoryReader(path: fixture.path).backup(to: copy)
        let store = try EventStore(path: copy, at: StoreFixture.start, durability: .none, newInstallation: "restored")
        try store.record(StoreFixture.event(of: "z"))
        let answer = try store.changeAll(
            .retry, AlertOrder(ids: ["original-1", "restored-3", "restored-1"]), at: StoreFixture.start)
        #expect(answer.changed.map(\.id) == ["original-1", "restored-3"])
        #expect(answer.unknown == ["restored-1"])
        #expect(
            try store.dueAlerts(for: "chat", at: StoreFixture.time(1), limit: 9).map(\.event.id) == [
                "original-1", "original-2", "restored-3",
            ])
        let reader = try HistoryReader(path: copy)
        #expect(try reader.alerts(ofEvent: 3).map(\.id) == ["restored-3"])
    }

    @Test
    func `what two databases have in common ends where their codes part`() {
        func numbering(_ lives: (Int64, String)...) -> EventNumbering {
            EventNumbering(lives.map { EventNumbering.Life(first: $0.0, code: $0.1) }, newest: lives.last?.1 ?? "")
        }
        let one = numbering((1, "aaaaaaaa"))
        #expect(one.commonEnd(with: one) == .max - 1)
        #expect(one.commonEnd(with: numbering((1, "aaaaaaaa"), (8, "bbbbbbbb"))) == 7)
        #expect(one.commonEnd(with: numbering((1, "cccccccc"))) == 0)
        #expect(
            numbering((1, "aaaaaaaa"), (5, "bbbbbbbb")).commonEnd(with: numbering((1, "aaaaaaaa"), (8, "dddddddd")))
                == 4)
    }
}
