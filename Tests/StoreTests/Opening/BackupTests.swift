import Foundation
import Model
import TestSupport
import Testing

@testable import Store

struct BackupTests {
    private let fixture: StoreFixture
    private let store: EventStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    @Test
    func `a backup is whole, opens as a database, and overwrites nothing`() throws {
        try store.record(StoreFixture.event(), StoreFixture.event())
        let copy = fixture.folder.file("copy.db")
        try store.backup(to: copy)
        #expect(throws: StoreError.self) { try store.backup(to: copy) }
        let second = fixture.folder.file("second.db")
        try fixture.reader().backup(to: second)
        for path in [copy, second] {
            let opened = try EventStore(path: path, at: StoreFixture.start, durability: .none)
            #expect(opened.installation != store.installation)
            #expect(try opened.record(StoreFixture.event()).map(\.seq) == [3])
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode.map { $0 & 0o137 } == 0)
        }
        #expect(!UnfinishedCopy.noted.contains { $0.hasPrefix(fixture.folder.path) })
        let leftovers = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path).filter {
            $0.contains(".partial")
        }
        #expect(leftovers.isEmpty)
    }

    @Test
    func `what a killed backup left is not taken for a part of the next one`() throws {
        try store.record(StoreFixture.event(), StoreFixture.event(), StoreFixture.event())
        for ending in [".partial", ".partial-journal"] { try fixture.folder.write("night.db" + ending, "left") }
        try store.backup(to: fixture.folder.file("night.db"))
        #expect(try HistoryReader(path: fixture.folder.file("night.db")).newest() == 3)
        let names = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path)
        #expect(names.filter { $0.hasPrefix("night.db") } == ["night.db"])
    }
}
