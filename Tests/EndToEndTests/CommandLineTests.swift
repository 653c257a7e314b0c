import Foundation
import TestSupport
import Testing

/// The command line as a shell and another user have it.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct CommandLineTests {
    private static let count = 500

    /// A site whose history is longer than a pipe holds (64 KiB, pipe(7)).
    private static func longHistory() async throws -> Site {
        let simulator = try await Simulator(
            scenario:
                #"{"tasks": [{"id": "pm-2ze9many{n}", "count": \#(count), "phases": [{"at": "-1h", "status": "ACTIVATION"}]}]}"#
        )
        var config = DaemonConfig(simulator, clusters: (1...count).map { "pm-2ze9many\($0)" })
        config.running = "60s"
        let site = try Site(config)
        let daemon = try await site.start()
        try await site.awaitHistory("all first answers") { $0.count == count }
        try await daemon.stop()
        return site
    }

    @Test func `a reader that has seen enough ends history without a word`() async throws {
        let site = try await Self.longHistory()
        for format in ["table", "json", "jsonl", "csv"] {
            let script = """
                '\(try ProgramPath.built("polarai-daemon"))' history --database '\(site.database)' --limit 0 --format \(format) | head -1
                echo "ended ${PIPESTATUS[0]}"
                """
            let result = try await run(
                ProgramPath.system("bash"), ["-c", script], environment: site.environment)
            let lines = result.output.split(whereSeparator: \.isNewline)
            #expect(lines.count == 2)
            #expect(result.errors.isEmpty, "\(format): \(result.errors)")
            // By SIGPIPE, unless all of it fitted into the pipe.
            #expect(["ended 141", "ended 0"].contains(lines.last ?? ""), "\(format)")
            if format == "jsonl" { #expect(lines.last == "ended 141") }
        }
    }

    /// Whoever must not read runs as this user and group, which own nothing.
    private static let asNobody = ["--reuid=65534", "--regid=65534", "--clear-groups"]

    /// Only root can become another user, and the programs may be in a folder that others may not enter.
    private static func canBeNobody() async -> Bool {
        guard let setpriv = try? ProgramPath.system("setpriv"), let program = try? ProgramPath.built("polarai-daemon")
        else { return false }
        return (try? await run(setpriv, asNobody + [program, "--version"]))?.exitCode == 0
    }

    @Test(.enabled("no other user to be") { await canBeNobody() })
    func `whoever may not read gets the name of the group that may`() async throws {
        let cluster = "pm-2ze9private0001"
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(cluster))]}"#)
        let site = try Site(DaemonConfig(simulator, clusters: [cluster]))
        let daemon = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: site.folder.path)
        let commands = [
            ["history", "--database", site.database], ["status", "--database", site.database],
            ["show", cluster, "--database", site.database], ["alerts", "list", "--database", site.database], ["reload"],
        ]
        for command in commands {
            let result = try await run(
                ProgramPath.system("setpriv"), Self.asNobody + [ProgramPath.built("polarai-daemon")] + command,
                environment: site.environment)
            #expect(result.exitCode == 77, "\(command): \(result.ending) \(result.errors)")
            #expect(result.errors.contains("group polarai"), "\(command): \(result.errors)")
            #expect(result.output.isEmpty)
        }
        // Nor may such a user run a daemon on this database.
        let config = DaemonConfig(endpoint: simulator.https, caFile: nil, clusters: [])
        try site.folder.write("open.json", config.text(database: site.database))
        let second = try await run(
            ProgramPath.system("setpriv"),
            Self.asNobody + [ProgramPath.built("polarai-daemon"), "run", "--config", site.folder.file("open.json")],
            environment: site.environment)
        #expect(second.exitCode == 77, "\(second.ending) \(second.errors)")
        #expect(second.errors.contains("group polarai"))
        #expect(try await daemon.stop().ending == .exit(0))
    }

    @Test func `history goes on with what comes, and so it does after a daemon was killed`() async throws {
        let cluster = "pm-2ze9follow00001"
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(cluster))]}"#)
        let site = try Site(DaemonConfig(simulator, clusters: [cluster]))
        let first = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        let follower = try RunningProgram(
            ProgramPath.built("polarai-daemon"), ["history", "--follow", "--format", "jsonl"],
            environment: site.environment)
        try await follower.awaitLine(within: .seconds(60)) { $0.contains(#""event":"started""#) }
        try await simulator.setTask(cluster, status: "COMPLETED")
        try await follower.awaitLine(within: .seconds(60)) { $0.contains(#""event":"completed""#) }
        try await first.kill()
        try await simulator.setTask(cluster, status: "FAILED")
        let second = try await site.start()
        try await follower.awaitLine(within: .seconds(60)) { $0.contains(#""event":"failed""#) }
        #expect(follower.outputLines.count == 3)
        #expect(follower.errors.isEmpty)
        follower.signal(SIGINT)
        #expect(try await follower.waitUntilEnded() == .signal(SIGINT))
        #expect(try await second.stop().ending == .exit(0))
    }

    @Test func `history --follow ends with its reader, also while nothing happens`() async throws {
        let cluster = "pm-2ze9reader00001"
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(cluster))]}"#)
        let site = try Site(DaemonConfig(simulator, clusters: [cluster]))
        let daemon = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        #expect(try await daemon.stop().ending == .exit(0))
        // The last one waits for a file that does not come.
        let readers = [
            ("--format jsonl", "head -1"), ("--format csv", "head -1"), ("--format table", "head -1"),
            ("--limit 0 --since 0s", "sleep 1"), ("--utc --limit 1", "{ head -1; rm '\(site.database)'; sleep 1; }"),
        ]
        for (options, reader) in readers {
            let program = "'\(try ProgramPath.built("polarai-daemon"))' history --follow \(options)"
            let ended = try await TestSupport.run(
                ProgramPath.system("sh"), ["-c", "(\(program); echo \"ended: $?\" >&2) | \(reader)"],
                environment: site.environment)
            #expect(ended.errors.contains("ended: \(128 + SIGPIPE)\n"), "\(options): \(ended.ending) \(ended.errors)")
        }
    }

    @Test func `poll says by its exit status why there is no answer`() async throws {
        let cluster = "pm-2ze9asked000001"
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(cluster))]}"#)
        var config = DaemonConfig(simulator, clusters: [])
        let site = try Site(config)
        #expect(try await site.run("poll", cluster).exitCode == 0)
        #expect(try await site.run("poll", "pm-2ze9nobody0001").exitCode == 1)
        try await simulator.addFault(#"{"kind": "http_503"}"#)
        #expect(try await site.run("poll", cluster).exitCode == 69)
        try await simulator.removeFaults()
        config.credentials = #"{"type": "access_key", "access_key_id": "testid", "access_key_secret": "another"}"#
        try site.configure(config)
        let refused = try await site.run("poll", cluster)
        #expect(refused.exitCode == 77)
        #expect(refused.errors.contains("SignatureDoesNotMatch") && !refused.errors.contains("another"))
        #expect(!FileManager.default.fileExists(atPath: site.database), "poll stores nothing")
    }
}
