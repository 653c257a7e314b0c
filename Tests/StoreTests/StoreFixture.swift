import GRDB
import Migrations
import Model
import TestSupport
import Testing

@testable import Store

/// A store in a folder of its own, and short ways to fill it.
struct StoreFixture {
    let folder: TemporaryFolder
    /// What the suite runs on.
    let engine: TestedEngine
    /// Of a database in a file.
    var path: String { folder.file("polarai.db") }

    static let start = Timestamp(milliseconds: 1_764_000_000_000)
    static let scope = AccountRegion(account: "default", region: "cn-beijing")

    init() throws {
        folder = try TemporaryFolder()
        engine = TestedEngine.current
    }

    /// - Parameter code: what a new database, or one from a copy, is called.
    func open(
        durability: Durability = .none, code: String = "k3v9x2ab", migrations: [Migration] = Migration.all,
        progress: (OpeningStep) -> Void = { _ in }
    ) throws -> EventStore {
        if let source = try engine.source {
            return try EventStore(postgres: source, at: Self.start, newInstallation: code, progress: progress)
        }
        return try EventStore(
            path: path, at: Self.start, durability: durability, newInstallation: code, migrations: migrations,
            progress: progress)
    }

    /// Makes a database as the first `count` migrations leave it, with an event in it.
    func makeOld(migrations count: Int) throws {
        let maker = DatabaseMaker(
            path: path, migrator: Migrator(Array(Migration.all.prefix(count))), durability: .none)
        let lock = try maker.make(installation: "k3v9x2ab", at: Self.start)
        try outsideFile().write {
            try $0.execute(sql: "INSERT INTO events (event, kind, observed_at) VALUES ('failed', 'observed', 1)")
        }
        lock?.release()
    }

    /// The daemon that has the database, as another process sees it.
    func holder() throws -> Int32? {
        try DatabaseLock.holder(of: OpenFile(path, writable: false))?.pid
    }

    /// A connection of another program, for looking at what is stored.
    func outside() throws -> Outside {
        try engine.source.map(Outside.init(postgres:)) ?? Outside(sqlite: path)
    }

    /// The same, for what SQLite alone has.
    func outsideFile() throws -> DatabaseQueue {
        try DatabaseQueue(path: path)
    }

    func reader() throws -> HistoryReader {
        try engine.source.map(HistoryReader.init(postgres:)) ?? HistoryReader(path: path)
    }

    static func time(_ seconds: Double) -> Timestamp {
        Timestamp(milliseconds: start.milliseconds + Int64(seconds * 1000))
    }

    static func event(
        _ kind: EventKind = .failed, of cluster: String? = "pm-1", account: String? = "default", at seconds: Double = 0
    ) -> Event {
        Event(
            kind: kind, cluster: cluster.map { ClusterID($0) }, account: account,
            region: account == nil ? nil : "cn-beijing", from: .activation, to: .failed,
            observedAt: time(seconds))
    }
}

extension Session {
    /// The first column of the first row.
    func int(_ sql: String) throws -> Int? { try integer(sql).map { Int($0) } }
}

extension EventStore {
    /// SQLite's own connection, of a store in a file.
    var queue: DatabaseQueue {
        get throws { try #require(engine as? SQLiteEngine).queue }
    }

    /// Records events, each for the same targets.
    @discardableResult
    func record(_ events: Event..., for targets: [String] = ["chat"], at seconds: Double = 0) throws -> [StoredEvent] {
        try record(
            Recording(events: events.map { RoutedEvent(event: $0, targets: targets) }), at: StoreFixture.time(seconds))
    }

    /// Numbers of the alerts that are due.
    func due(_ target: String = "chat", at seconds: Double, excluding: Set<Int64> = [], limit: Int = 100) throws
        -> [Int64]
    {
        try dueAlerts(for: target, at: StoreFixture.time(seconds), excluding: excluding, limit: limit)
            .map(\.event.seq)
    }

    /// Does an order whole.
    @discardableResult
    func change(
        _ action: AlertAction, _ seqs: [Int64]? = nil, target: String? = nil, since: Double? = nil, again: Bool = false,
        at seconds: Double
    ) throws -> AlertAnswer {
        let order = AlertOrder(
            ids: seqs?.map { numbering.id($0).description }, target: target,
            since: since.map { StoreFixture.time($0) }, again: again)
        return try changeAll(action, order, at: StoreFixture.time(seconds))
    }

    func settle(
        _ seq: Int64, _ state: AlertState, target: String = "chat", next: Double? = nil, attempt: AttemptRecord? = nil,
        at seconds: Double = 0
    ) throws {
        let settlement = Settlement(
            alert: AlertKey(seq: seq, target: target), state: state, nextAttemptAt: next.map { StoreFixture.time($0) },
            attempt: attempt)
        try settle([settlement], at: StoreFixture.time(seconds))
    }
}
