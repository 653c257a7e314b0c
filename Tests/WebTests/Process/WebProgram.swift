import Model
import Store
import TestSupport
import Testing

/// The real `polarai-web` on a database of its own.
final class WebProgram: Sendable {
    let folder: TemporaryFolder
    let program: RunningProgram
    let port: Int

    var database: String { folder.file("polarai.db") }
    var config: String { folder.file("config.json") }
    var client: LoopbackClient { LoopbackClient(port: port) }

    static let start = Timestamp(milliseconds: 1_795_507_200_000)

    private init(folder: TemporaryFolder, program: RunningProgram, port: Int) {
        self.folder = folder
        self.program = program
        self.port = port
    }

    /// - Parameters:
    ///   - web: the config's `web`, as JSON.
    ///   - fill: makes the database; nil: there is none.
    static func start(
        web: String = "{}", language: String = "en", folder: TemporaryFolder? = nil,
        fill: ((EventStore) throws -> Void)? = { try $0.fill() }
    ) async throws -> WebProgram {
        let folder = try folder ?? TemporaryFolder()
        if let fill {
            try fill(
                EventStore(path: folder.file("polarai.db"), at: start, durability: .none, newInstallation: "k3v9x2ab"))
        }
        try writeConfig(folder, web: web, language: language)
        let program = try RunningProgram(
            ProgramPath.built("polarai-web"),
            ["--config", folder.file("config.json"), "--listen", "127.0.0.1:0"],
            environment: ["RUNTIME_DIRECTORY": folder.path])
        let line = try await program.awaitLine(onErrors: true, within: .seconds(20)) { $0.contains("Listening on") }
        let digits = line.split(separator: ":").last?.prefix { $0.isNumber }
        let port = try #require(digits.flatMap { Int($0) })
        return WebProgram(folder: folder, program: program, port: port)
    }

    static func writeConfig(_ folder: TemporaryFolder, web: String, language: String = "en") throws {
        try folder.write(
            "config.json",
            """
            {"api": {"region": "cn-beijing", "credentials": {"type": "access_key", "access_key_id": {"file": "/nowhere"},
              "access_key_secret": {"env": "NOT_SET"}}}, "clusters": ["pm-1"], "language": "\(language)",
              "targets": {"chat": {"url": {"credential": "chat"}, "type": "webhook"}},
              "storage": {"path": "\(folder.file("polarai.db"))"}, "web": \(web)}
            """)
    }

    /// One whole request on a connection of its own, as it is written.
    func raw(_ request: String, within limit: Duration = .seconds(10)) throws -> String {
        let connection = try RawConnection(port: port)
        connection.send(request)
        return connection.read(within: limit).text
    }

    /// - Returns: the status of an answer as it came; 0 if there is none.
    static func status(_ answer: String) -> Int {
        answer.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap { Int($0) } ?? 0
    }
}

extension EventStore {
    /// Ten events of three tasks, with alerts, one second apart.
    func fill() throws {
        for number in 0..<10 {
            try add(number, of: "pm-\(number % 3)")
        }
    }

    /// A thousand long events: the system does not take an answer with all of them at once.
    func fillLong() throws {
        let lines = [String(repeating: "x", count: 6000)]
        let events = (0..<1000).map { number in
            Event(
                kind: .failed, cluster: ClusterID("pm-1"), account: "default", region: "cn-beijing", from: .activation,
                to: .failed, observedAt: WebProgram.start.advanced(by: .seconds(number)), logLines: lines)
        }
        _ = try record(
            Recording(events: events.map { RoutedEvent(event: $0, targets: [String]()) }), at: WebProgram.start)
    }

    func add(_ number: Int, of cluster: String, kind: EventKind? = nil) throws {
        let at = WebProgram.start.advanced(by: .seconds(number))
        let event = Event(
            kind: kind ?? (number % 2 == 0 ? .failed : .completed), cluster: ClusterID(cluster), account: "default",
            region: "cn-beijing", from: .activation, to: number % 2 == 0 ? .failed : .completed, observedAt: at)
        _ = try record(Recording(events: [RoutedEvent(event: event, targets: ["chat", "ops"])]), at: at)
    }
}
