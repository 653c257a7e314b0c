import Foundation
import GRDB
import Model
import Synchronization
import TestSupport
import Testing

@testable import Store

/// Where and when the database can be read by others than the daemon.
struct ReadingPlacesTests {
    private let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
    }

    private func count(_ path: String) throws -> Int {
        var count = 0
        _ = try HistoryReader(path: path).history(HistoryFilter(), limit: nil) { _ in count += 1 }
        return count
    }

    @Test
    func `while the daemon writes`() throws {
        let store = try fixture.open()
        try store.record(StoreFixture.event())
        let reader = try HistoryReader(path: fixture.path)
        try store.record(StoreFixture.event())
        var seen = 0
        _ = try reader.history(HistoryFilter(), limit: nil) { _ in seen += 1 }
        #expect(seen == 2)
        // And in the middle of a reading.
        _ = try reader.history(HistoryFilter(), limit: nil) { _ in try store.record(StoreFixture.event()) }
        #expect(try count(fixture.path) == 4)
    }

    @Test
    func `after the daemon stopped, and after it crashed`() throws {
        var store: EventStore? = try fixture.open()
        try store?.record(StoreFixture.event())
        // Without an orderly close: the log stays.
        let crashed = try copy(to: "crashed", endings: ["", "-wal", "-shm"])
        #expect(try count(crashed) == 1)
        try store?.close()
        store = nil
        #expect(try count(fixture.path) == 1)
    }

    @Test
    func `a path with signs that mean something in a URI`() throws {
        let path = fixture.folder.file("100%?#训.db")
        let store = try EventStore(path: path, at: StoreFixture.start, durability: .none)
        try store.record(StoreFixture.event())
        #expect(try count(path) == 1)
    }

    @Test(.enabled(if: canBecomeNobody))
    func `a copy in a folder that may not be written`() throws {
        let store = try fixture.open()
        try store.record(StoreFixture.event())
        try store.close()
        let copied = try copy(to: "copied", endings: [""])
        try expectReadable(copied)
    }

    @Test(.enabled(if: canBecomeNobody))
    func `what is read as if nobody wrote is not believed once a daemon came`() throws {
        let store = try fixture.open()
        try store.record(StoreFixture.event())
        try store.close()
        let copied = try copy(to: "copied", endings: [""])
        chmod(fixture.folder.path, 0o755)
        let opened = OpenedReader()
        #expect(asNobody { opened.reader = try HistoryReader(path: copied) } == nil)
        let reader = try #require(opened.reader)
        #expect(try reader.history(HistoryFilter(), limit: nil) { _ in } == 1)
        let daemon = try EventStore(path: copied, at: StoreFixture.start, durability: .none)
        try daemon.record(StoreFixture.event())
        let error = #expect(throws: StoreError.self) { try reader.history(HistoryFilter(), limit: nil) { _ in } }
        #expect("\(try #require(error))".contains("a daemon opened it while it was read"))
    }

    @Test(.enabled(if: canBecomeNobody))
    func `by a user who may only read, while the daemon runs and after it stopped`() throws {
        let store = try fixture.open()
        try store.record(StoreFixture.event())
        for ending in ["", "-wal", "-shm"] { chmod(fixture.path + ending, 0o644) }
        try expectReadable(fixture.path)
        try store.close()
        try expectReadable(fixture.path)
    }

    @Test(.enabled(if: canBecomeNobody))
    func `the message to a user who may not read names the group to join`() throws {
        let store = try fixture.open()
        try store.record(StoreFixture.event())
        chmod(fixture.folder.path, 0o755)
        // Root's own groups stay with the thread.
        for ending in ["", "-wal", "-shm"] { chmod(fixture.path + ending, 0o600) }
        let path = fixture.path
        let error = asNobody { _ = try HistoryReader(path: path) }
        guard case .permission = error as? StoreError else {
            Issue.record("not a permission, but \(String(describing: error))")
            return
        }
        #expect("\(try #require(error))".contains("group polarai"))
    }

    /// POSIX takes all locks of a process on a file away when it closes any descriptor of it; a daemon whose lock is
    /// gone loses its log to the next program that closes the database.
    @Test
    func `a reader in the daemon's own process takes no lock away`() throws {
        let store = try fixture.open()
        try store.record(StoreFixture.event())
        let before = try locks()
        #expect(!before.isEmpty)
        #expect(try count(fixture.path) == 1)
        #expect(throws: StoreError.self) { try fixture.open() }
        #expect(try locks() == before)
        try store.record(StoreFixture.event())
    }

    /// The lines of /proc/locks about the database file itself.
    private func locks() throws -> [String] {
        let inode = try FileManager.default.attributesOfItem(atPath: fixture.path)[.systemFileNumber] as? Int
        let number = try #require(inode)
        return try String(contentsOfFile: "/proc/locks", encoding: .utf8).split(separator: "\n")
            .filter { $0.contains(":\(number) ") }
            .map { String($0.drop { $0 != " " }) }
    }

    @Test(arguments: ["text that is not a database, whatever its length may be", "x"])
    func `what is not a database is said to be none`(text: String) throws {
        try fixture.folder.write("polarai.db", text)
        let error = #expect(throws: StoreError.self) { try count(fixture.path) }
        guard case .corrupt = error else {
            Issue.record("not called corrupt, but \(String(describing: error))")
            return
        }
    }

    @Test
    func `damage is said to be damage`() throws {
        let store = try fixture.open()
        for _ in 0..<50 { try store.record(StoreFixture.event()) }
        try store.close()
        let file = URL(fileURLWithPath: fixture.path)
        var bytes = try Data(contentsOf: file)
        let root = try fixture.outsideFile().read {
            try Int.fetchOne($0, sql: "SELECT rootpage FROM sqlite_master WHERE name = 'events'")
        }
        let page = try #require(root)
        bytes.replaceSubrange((page - 1) * 4096..<page * 4096, with: Data(repeating: 7, count: 4096))
        try bytes.write(to: file)
        for ending in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: fixture.path + ending) }
        let error = #expect(throws: StoreError.self) { try count(fixture.path) }
        guard case .corrupt = error else {
            Issue.record("not called corrupt, but \(String(describing: error))")
            return
        }
    }

    private func copy(to name: String, endings: [String]) throws -> String {
        let folder = fixture.folder.file(name)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for ending in endings {
            try FileManager.default.copyItem(atPath: fixture.path + ending, toPath: "\(folder)/copy.db\(ending)")
        }
        chmod("\(folder)/copy.db", 0o644)
        chmod(folder, 0o755)
        return "\(folder)/copy.db"
    }

    private func expectReadable(_ path: String) throws {
        chmod(fixture.folder.path, 0o755)
        let error = asNobody {
            var count = 0
            _ = try HistoryReader(path: path).history(HistoryFilter(), limit: nil) { _ in count += 1 }
            guard count == 1 else { throw StoreError.io(path: path, detail: "\(count) events") }
        }
        #expect(error == nil)
    }
}

private let canBecomeNobody = geteuid() == 0

/// Runs `body` on a thread of its own with the rights of the user nobody, for the file system only.
///
/// - Returns: what it threw.
private func asNobody(_ body: @escaping @Sendable () throws -> Void) -> (any Error)? {
    let outcome = Outcome()
    let finished = DispatchSemaphore(value: 0)
    Thread {
        becomeNobody()
        outcome.note { try body() }
        finished.signal()
    }.start()
    finished.wait()
    return outcome.error
}

/// Handed from one thread to the next, never used by both.
private final class OpenedReader: @unchecked Sendable {
    var reader: HistoryReader?
}

private final class Outcome: Sendable {
    private let thrown = Mutex<(any Error)?>(nil)

    var error: (any Error)? { thrown.withLock { $0 } }

    func note(_ body: () throws -> Void) {
        do { try body() } catch { thrown.withLock { $0 = error } }
    }
}

/// setfsgid(2) and setfsuid(2), which change the calling thread alone; the C library's module does not show them.
private func becomeNobody() {
    typealias Change = @convention(c) (UInt32) -> Int32
    for name in ["setfsgid", "setfsuid"] {
        guard let address = dlsym(nil, name) else { continue }
        _ = unsafeBitCast(address, to: Change.self)(65534)
    }
}
