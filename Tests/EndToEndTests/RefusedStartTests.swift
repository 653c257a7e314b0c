import Foundation
import Model
import TestSupport
import Testing

/// What the daemon will not start with, and does not touch.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct RefusedStartTests {
    private static let cluster = "pm-2ze9refused0001"

    /// A site with a database that a daemon has filled and closed.
    private static func filledSite() async throws -> Site {
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(cluster))]}"#)
        let site = try Site(DaemonConfig(simulator, clusters: [cluster]))
        let daemon = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        try await daemon.stop()
        // The simulator's certificate is gone with it.
        try site.configure(DaemonConfig(endpoint: "https://localhost:1", caFile: nil, clusters: [cluster]))
        return site
    }

    private static func bytes(_ site: Site) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: site.database))
    }

    @Test func `a corrupt database is left as it is`() async throws {
        let site = try await Self.filledSite()
        var damaged = try Self.bytes(site)
        let middle = damaged.count / 2
        damaged.replaceSubrange(100..<middle, with: Data(repeating: 0x5a, count: middle - 100))
        try damaged.write(to: URL(fileURLWithPath: site.database))
        for command in [["run"], ["history"], ["status"], ["show", Self.cluster]] {
            let result = try await site.run(command)
            #expect(result.exitCode == 65, "\(command): \(result.errors)")
            #expect(result.output.isEmpty)
            #expect(result.errors.contains(site.database) && result.errors.contains("restore"))
            #expect(try Self.bytes(site) == damaged)
        }
        let text = Data("this is not a database\n".utf8)
        try text.write(to: URL(fileURLWithPath: site.database))
        #expect(try await site.run("run").exitCode == 65)
        #expect(try Self.bytes(site) == text)
    }

    @Test func `a newer version's database is left as it is`() async throws {
        let site = try await Self.filledSite()
        let sqlite = try ProgramPath.system("sqlite3")
        let change = try await run(
            sqlite, [site.database, "PRAGMA user_version = 999; PRAGMA wal_checkpoint(TRUNCATE);"])
        #expect(change.exitCode == 0, "\(change.errors)")
        let newer = try Self.bytes(site)
        for command in [["run"], ["history"], ["status"]] {
            let result = try await site.run(command)
            #expect(result.exitCode == 78, "\(command): \(result.errors)")
            #expect(result.errors.contains("999") && result.errors.contains(site.database))
            #expect(try Self.bytes(site) == newer)
        }
    }

    @Test(arguments: [14, 20, 31])
    func `with too few open files it does not start, and says what to raise`(limit: Int) async throws {
        let site = try Site(DaemonConfig(endpoint: "https://localhost:1", caFile: nil, clusters: [Self.cluster]))
        let program = try ProgramPath.built("polarai-daemon")
        let result = try await TestSupport.run(
            ProgramPath.system("sh"), ["-c", "ulimit -n \(limit); exec \"$0\" run", program],
            environment: site.environment, within: .seconds(60))
        #expect(result.exitCode == 78, "\(result.errors)")
        #expect(result.errors.contains("no more than \(limit) files") && result.errors.contains("LimitNOFILE="))
        #expect(!FileManager.default.fileExists(atPath: site.database))
    }

    @Test func `with a broken config the history can be read by the database's name`() async throws {
        let site = try await Self.filledSite()
        try site.configure(#"{"api": {"region": "cn-beijing",}"#)
        for command in [["history"], ["status"], ["show", Self.cluster]] {
            let result = try await site.run(command)
            #expect(result.exitCode == 78, "\(command): \(result.errors)")
            #expect(result.errors.contains("a comma before") && result.errors.contains("--database"))
            #expect(result.output.isEmpty)
            let named = try await site.run(command + ["--database", site.database])
            #expect(named.exitCode == 0, "\(command): \(named.errors)")
            #expect(named.output.contains(Self.cluster))
        }
    }

    @Test func `every mistake of a config is named at once`() async throws {
        let site = try Site()
        try site.configure(
            """
            {
              "api": {"region": "cn-beijing", "timeout": "10", "colour": "blue"},
              "clusters": ["pm-2ze9twice00001", "pm-2ze9twice00001", {"id": "pm-2ze9other00001", "acount": "x"}],
              "schedule": {"running": "5 parsecs"},
              "targets": {"ops": {"url": "ftp://example.com/hook"}, "ci": {"url": {"env": "POLARAI_TEST_UNSET"}}},
              "routes": [{"targets": ["opps"], "events": ["exploded"]}],
              "storage": {"path": "\(site.database)"}
            }
            """)
        let places = [
            "api.timeout", "api.colour", "clusters[1]", "clusters[2].acount", "schedule.running", "targets.ops.url",
            "targets.ci.url", "routes[0].targets[0]", "routes[0].events[0]",
        ]
        for command in ["run", "check-config"] {
            let result = try await site.run(command)
            #expect(result.exitCode == 78)
            for place in places {
                #expect(
                    result.errors.contains("\(site.configFile): \(place): "), "\(command), \(place): \(result.errors)")
            }
            #expect(result.errors.contains(#""account""#) && result.errors.contains(#""ops""#), "the nearest names")
        }
        #expect(!FileManager.default.fileExists(atPath: site.database))

        try site.configure("{\n  \"clusters\": [,]\n}")
        let syntax = try await site.run("run")
        #expect(syntax.exitCode == 78)
        #expect(syntax.errors.contains("line 2"), "\(syntax.errors)")
        try FileManager.default.removeItem(atPath: site.configFile)
        #expect(try await site.run("run").exitCode == 78)
    }

    @Test func `before the first start there is no database, and that is said`() async throws {
        let site = try Site(DaemonConfig(endpoint: "https://localhost:1", caFile: nil, clusters: []))
        for command in ["history", "status"] {
            let result = try await site.run(command, "--database", site.database)
            #expect(result.exitCode == 1)
            #expect(result.output.isEmpty && result.errors.contains(site.database))
        }
        #expect(try await site.run("history", "--fromat", "json").exitCode == 64)
    }
}
