import GRDBSQLite
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Store

/// The database that a test works on.
enum TestedEngine: Sendable {
    case sqlite
    /// The address of an empty database.
    case postgres(url: String)

    @TaskLocal static var current = TestedEngine.sqlite

    var isFile: Bool {
        if case .sqlite = self { true } else { false }
    }

    /// Nil for a file.
    var source: PostgresSource? {
        get throws {
            guard case .postgres(let url) = self else { return nil }
            return try PostgresSource { try PostgresAddress(url) }
        }
    }
}

/// Runs each test of a suite twice: on a file, and on a PostgreSQL server.
struct BothEngines: SuiteTrait, TestTrait, TestScoping {
    var isRecursive: Bool { true }

    func scopeProvider(for test: Test, testCase: Test.Case?) -> BothEngines? {
        testCase == nil ? nil : self
    }

    @concurrent
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await function()
        guard RealPostgres.isInstalled else {
            Self.say(RealPostgres.missing)
            return
        }
        await Gate.shared.enter()
        defer { Task { await Gate.shared.leave() } }
        let server = try await RealPostgres.shared()
        let url = server.socketURL(try await server.makeDatabase())
        try await TestedEngine.$current.withValue(.postgres(url: url)) {
            do {
                try await function()
            } catch {
                throw FailedOnPostgres(error: error)
            }
        }
    }

    private static func say(_ text: String) {
        let isNew = said.withLock { said in
            defer { said = true }
            return !said
        }
        if isNew { print("SKIPPED on PostgreSQL: \(text)") }
    }

    private static let said = Mutex(false)
}

/// Lets a few in at a time: each has connections to one server, which has not many.
private actor Gate {
    static let shared = Gate(8)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) {
        free = count
    }

    func enter() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}

struct FailedOnPostgres: Error, CustomStringConvertible {
    let error: any Error
    var description: String { "on PostgreSQL: \(error)" }
}

extension Trait where Self == BothEngines {
    static var onBothEngines: BothEngines { BothEngines() }
}

/// A session beside the store's, as another program has one.
final class Outside {
    private let session: Session
    private let postgres: PostgresSession?

    init(sqlite path: String) throws {
        var handle: OpaquePointer?
        guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK, let handle else {
            throw StoreError.missing(path: path)
        }
        sqlite3_busy_timeout(handle, 5000)
        session = Session(SQLiteConnection(reading: path, handle: handle))
        postgres = nil
    }

    init(postgres source: PostgresSource) {
        let connection = PostgresSession(source)
        postgres = connection
        session = Session(connection)
    }

    func read<Value>(_ body: (Session) throws -> Value) throws -> Value { try body(session) }

    func write<Value>(_ body: (Session) throws -> Value) throws -> Value { try body(session) }

    deinit { postgres?.close() }
}
