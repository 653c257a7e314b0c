import Config
import Daemon
import HTTPTransport
import Model
import Reports
import Store

/// A change that the running daemon makes, as it alone knows what is under way; without one, the database takes it.
struct OperatorChange {
    let database: DatabaseOption

    /// How long a daemon that has its database alone may take.
    private static let patience = Duration.seconds(30)
    /// During an outage of a database that hosts share, a command ends within 15 seconds: so long the daemon may take.
    private static let sharedPatience = Duration.seconds(10)
    /// With what was asked of the database before.
    private static let timeInAll = Duration.seconds(13)
    /// And if it took longer than this to fail, the command does not begin to wait for the database itself.
    private static let timeForBoth = Duration.seconds(2)

    /// - Parameters:
    ///   - ask: has the daemon that works on the database do it.
    ///   - write: does it in the database, while no daemon works on that.
    func run<Answer>(
        ask: (DaemonOfDatabase) async throws -> Answer, write: (EventStore, Timestamp) throws -> Answer
    ) async throws -> Answer {
        let address = try database.address()
        if case .postgres = address { return try await shared(address, ask: ask, write: write) }
        if let daemon = try daemon(of: address) { return try await ask(daemon) }
        do {
            return try writing(address, write)
        } catch StoreError.held {
            // It started just now.
            guard let daemon = try daemon(of: address) else { return try writing(address, write) }
            return try await ask(daemon)
        }
    }

    private func daemon(of address: DatabaseAddress) throws -> DaemonOfDatabase? {
        guard let info = try HistoryReader(at: address).daemonInfo(), info.isRunning else { return nil }
        return DaemonOfDatabase(limit: Self.patience, pids: info.pid > 0 ? [info.pid] : [])
    }

    /// A database that several hosts share: the daemon of this one, or the rows, which the one that works reads.
    private func shared<Answer>(
        _ address: DatabaseAddress, ask: (DaemonOfDatabase) async throws -> Answer,
        write: (EventStore, Timestamp) throws -> Answer
    ) async throws -> Answer {
        let begin = ContinuousClock.now
        let pids: Set<Int32>
        do {
            // A daemon of another host has no socket here. One that has another database must not take the change.
            guard let info = try HistoryReader(at: address).daemonInfo(), info.isRunning, !info.others.isEmpty else {
                return try writing(address, write)
            }
            pids = info.others
        } catch let error as StoreError where error.isRefusedLogin && database.given == nil {
            // Whoever may use the socket of the config's daemon need not know the password of its database.
            pids = []
        }
        do {
            let limit = max(.seconds(1), min(Self.sharedPatience, Self.timeInAll - begin.duration(to: .now)))
            return try await ask(DaemonOfDatabase(limit: limit, pids: pids))
        } catch let failure as CommandFailure
            where failure.status == .unavailable && begin.duration(to: .now) < Self.timeForBoth
        {
            return try writing(address, write)
        }
    }

    private func writing<Answer>(
        _ address: DatabaseAddress, _ write: (EventStore, Timestamp) throws -> Answer
    ) throws -> Answer {
        let store = try EventStore(forCommandAt: address)
        let answer = try write(store, TimeArgument.now)
        try store.close()
        return answer
    }

    /// The names of the config's targets; nil if it cannot be read.
    var knownTargets: Set<String>? {
        let environment = HostEnvironment.current()
        let file = ConfigOption.path(database.config.given, in: environment)
        return try? ConfigLoader.host(environment: environment).outline(file).targetNames
    }
}

extension StoreError {
    /// Whether the server does not let this user in.
    fileprivate var isRefusedLogin: Bool {
        switch self {
        case .login, .denied: true
        default: false
        }
    }
}

/// The daemon that is to make a change.
struct DaemonOfDatabase: Sendable {
    /// How long it may take.
    let limit: Duration
    /// The processes that work on the database: another one that has the socket refuses. Empty if they are not known.
    let pids: Set<Int32>
}

extension ControlClient {
    /// - Parameter isAnswer: whether a body is the answer, whatever its status: nothing that was named may be possible.
    /// - Returns: the body of the answer.
    /// - Throws: `CommandFailure`.
    static func change(
        _ method: HTTPMethod, _ target: String, _ body: JSONValue? = nil, by daemon: DaemonOfDatabase,
        isAnswer: (JSONValue) -> Bool = { _ in false }
    ) async throws -> JSONValue {
        let reply: ControlReply
        do throws(ControlClientError) {
            reply = try await ask(method, target, body, limit: daemon.limit, of: daemon.pids)
        } catch {
            throw CommandFailure(error)
        }
        guard (200..<300).contains(reply.status) || isAnswer(reply.body) else {
            let status: ExitStatus =
                switch reply.status {
                case 400: .usage
                // The daemon could not store it.
                case 500: .inputOutput
                // 409: it works on another database.
                case 409, 503: .unavailable
                default: .failure
                }
            throw CommandFailure(reply.refusal, status)
        }
        return reply.body
    }
}

extension CommandFailure {
    /// What the daemon answered has not the shape that this version knows.
    static let notUnderstood = CommandFailure(
        "The daemon's answer cannot be read. Check that the daemon and this command have the same version.", .failure)

    init(_ mistake: OrderMistake) {
        self.init(mistake.message, .usage)
    }
}
