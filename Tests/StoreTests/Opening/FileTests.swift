import Foundation
import GRDB
import GRDBSQLite
import Migrations
import Model
import TestSupport
import Testing

@testable import Store

/// One file, whatever it is called; and what happens when it is taken away.
struct FileTests {
    private let fixture: StoreFixture
    private var files: FileManager { .default }

    init() throws {
        fixture = try StoreFixture()
    }

    @Test
    func `a symbolic link, a link to a folder and a hard link lead to the same lock`() throws {
        let store = try fixture.open()
        let link = fixture.folder.file("link.db")
        try files.createSymbolicLink(atPath: link, withDestinationPath: "polarai.db")
        let folder = fixture.folder.path + "-link"
        try files.createSymbolicLink(atPath: folder, withDestinationPath: fixture.folder.path)
        defer { try? files.removeItem(atPath: folder) }
        let hard = fixture.folder.file("hard.db")
        try files.linkItem(atPath: fixture.path, toPath: hard)
        for path in [link, folder + "/polarai.db", hard] {
            let error = #expect(throws: StoreError.self) {
                try EventStore(path: path, at: StoreFixture.start, durability: .none)
            }
            guard case .held(_, getpid()) = error else {
                Issue.record("not held, but \(String(describing: error))")
                continue
            }
        }
        #expect(try DatabaseLock.holder(of: OpenFile(hard, writable: false))?.pid == getpid())
        try store.close()
    }

    @Test
    func `a file with two names is refused when nobody holds it`() throws {
        try fixture.open().close()
        try files.linkItem(atPath: fixture.path, toPath: fixture.folder.file("second.db"))
        let error = #expect(throws: StoreError.self) { try fixture.open() }
        #expect("\(try #require(error))".contains("2 names (hard links)"))
        try files.removeItem(atPath: fixture.folder.file("second.db"))
        _ = try fixture.open()
    }

    @Test
    func `through a link the log lies beside the file itself, and a link to nothing yet is followed`() throws {
        try files.createDirectory(atPath: fixture.folder.file("data"), withIntermediateDirectories: false)
        let link = fixture.folder.file("link.db")
        try files.createSymbolicLink(atPath: link, withDestinationPath: "data/real.db")
        let store = try EventStore(path: link, at: StoreFixture.start, durability: .none)
        try store.record(StoreFixture.event())
        #expect(store.path == fixture.folder.file("data/real.db"))
        #expect(files.fileExists(atPath: fixture.folder.file("data/real.db-wal")))
        #expect(try files.destinationOfSymbolicLink(atPath: link) == "data/real.db")
        #expect(try HistoryReader(path: link).history(HistoryFilter(), limit: nil) { _ in } == 1)
    }

    @Test(arguments: ["moved", "removed", "replaced", "log removed"])
    func `a file that is taken away is noticed before anything is stored or sent`(how: String) throws {
        let store = try fixture.open()
        try store.record(StoreFixture.event())
        #expect(try store.due(at: 1) == [1])
        let aside = fixture.folder.file("aside.db")
        switch how {
        case "moved": try files.moveItem(atPath: fixture.path, toPath: aside)
        case "removed": try files.removeItem(atPath: fixture.path)
        case "replaced":
            try files.copyItem(atPath: fixture.path, toPath: aside)
            #expect(rename(aside, fixture.path) == 0)
        default: try files.removeItem(atPath: fixture.path + "-wal")
        }
        for attempt in [
            { try store.checkFile() }, { _ = try store.record(StoreFixture.event()) }, { _ = try store.due(at: 1) },
        ] {
            let error = #expect(throws: StoreError.self, performing: attempt)
            guard case .replaced = error else {
                Issue.record("not replaced, but \(String(describing: error))")
                continue
            }
        }
        if how == "moved" {
            try files.moveItem(atPath: aside, toPath: fixture.path)
            #expect(try store.record(StoreFixture.event()).map(\.seq) == [2])
        }
    }

    @Test
    func `a reader knows that its file was replaced`() throws {
        let store = try fixture.open()
        try store.record(StoreFixture.event())
        let reader = try HistoryReader(path: fixture.path)
        #expect(reader.isCurrent)
        let copy = fixture.folder.file("copy.db")
        try reader.backup(to: copy)
        try store.close()
        #expect(rename(copy, fixture.path) == 0)
        #expect(!reader.isCurrent)
    }

    @Test
    func `closing waits for no reader, and loses nothing`() throws {
        let store = try fixture.open(durability: .full)
        try store.record(StoreFixture.event())
        let reader = try HistoryReader(path: fixture.path)
        try reader.connection.session.run("BEGIN")
        #expect(try reader.newest() == 1)
        try store.record(StoreFixture.event())
        let began = ContinuousClock.now
        try store.close()
        #expect(ContinuousClock.now - began < .seconds(4), "SQLite itself would wait 5 s")
        #expect(try reader.newest() == 1, "it reads the state that it began with")
        try reader.connection.session.run("COMMIT")
        #expect(try reader.newest() == 2)
    }

    @Test
    func `a command changes what is there while no daemon runs, and keeps one that starts waiting`() throws {
        let daemon = try fixture.open()
        try daemon.record(StoreFixture.event())
        try daemon.settle(1, .dead)
        #expect(throws: StoreError.held(path: fixture.path, byPID: getpid())) {
            try EventStore(forCommandAt: fixture.path)
        }
        try daemon.close()

        let command = try EventStore(forCommandAt: fixture.path)
        #expect(try fixture.holder() == nil, "a command is not a daemon")
        #expect(try command.change(.retry, [1], at: 5).changed.map(\.was) == [.dead])
        // On a thread of its own: a start waits for five seconds, and other tests may hold all threads of Swift's pool.
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: 0.2)
            try? command.close()
        }
        #expect(try fixture.open().due(at: 9) == [1])
    }

    @Test
    func `a command makes no database and migrates none`() throws {
        #expect(throws: StoreError.missing(path: fixture.path)) { try EventStore(forCommandAt: fixture.path) }
        #expect(!files.fileExists(atPath: fixture.path))
        try fixture.makeOld(migrations: Migration.all.count - 1)
        let known = Migration.all.count
        #expect(throws: StoreError.olderSchema(path: fixture.path, found: known - 1, known: known)) {
            try EventStore(forCommandAt: fixture.path)
        }
    }

    /// SQLite before 3.51.3 can lose commits when two connections write or copy the log back at once.
    @Test
    func `only one connection of the program can write the database`() throws {
        let store = try fixture.open()
        let reader = try HistoryReader(path: fixture.path)
        #expect(sqlite3_db_readonly((reader.connection as? ReadConnection)?.sqlite.handle, "main") == 1)
        let isReadOnly = try store.queue.inDatabase { sqlite3_db_readonly($0.sqliteConnection, "main") }
        #expect(isReadOnly == 0)
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")
        var openers: Set<String> = []
        let paths = try #require(files.enumerator(atPath: sources.path))
        for case let path as String in paths where path.hasSuffix(".swift") {
            let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
            if ["DatabaseQueue(", "DatabasePool(", "SQLITE_OPEN_READWRITE"].contains(where: { text.contains($0) }) {
                openers.insert(path)
            }
        }
        // The daemon's or a command's one connection; a file in the making; a copy that nobody has yet.
        #expect(
            openers == [
                "Store/Opening/OpenedDatabase.swift", "Store/Opening/DatabaseMaker.swift", "Store/DatabaseCopy.swift",
            ])
    }

    @Test
    func `which SQLite needs a single writer is known by its number`() {
        #expect(!SQLiteLibrary.canLoseCommits(3_006_023))
        #expect(SQLiteLibrary.canLoseCommits(3_007_000))
        #expect(SQLiteLibrary.canLoseCommits(3_040_001))
        #expect(SQLiteLibrary.canLoseCommits(3_051_002))
        for fixed: Int32 in [3_051_003, 3_052_000, 3_044_006, 3_050_007] {
            #expect(!SQLiteLibrary.canLoseCommits(fixed))
        }
        #expect(SQLiteLibrary.version.hasPrefix("3."))
    }
}
