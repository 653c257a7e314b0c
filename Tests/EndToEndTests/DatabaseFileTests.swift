import Foundation
import Model
import TestSupport
import Testing

/// The database as operators treat it: restored, moved away, reached by links, changed by commands.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct DatabaseFileTests {
    private static let cluster = "pm-2ze9dbfile0001"
    private var files: FileManager { .default }

    private static func simulator() async throws -> Simulator {
        try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(cluster))]}"#)
    }

    /// Makes the database of a version of the program that did not have the last migration.
    ///
    /// - Returns: the version of its schema.
    private func makeOlder(_ database: String) async throws -> Int {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "migrations")
        let scripts = try files.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "sql" }.sorted { $0.lastPathComponent < $1.lastPathComponent }
            .map { try String(contentsOf: $0, encoding: .utf8) }
        let first = try #require(scripts.first)
        let installation = "INSERT INTO installation (id, code, created_at) VALUES (1, 'abcd2345', 1790000000000);"
        let identity = "PRAGMA application_id = \(0x706c_6169); PRAGMA user_version = \(scripts.count - 1);"
        // A comment at the beginning would be taken for an option.
        let script = ["", first, installation] + scripts.dropFirst().dropLast() + [identity]
        let made = try await run(try ProgramPath.system("sqlite3"), [database, script.joined(separator: "\n;\n")])
        try #require(made.exitCode == 0, "\(made.errors)")
        return scripts.count - 1
    }

    @Test func `an older database is upgraded, and the log says so and where its copy is`() async throws {
        let simulator = try await Self.simulator()
        let site = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        let version = try await makeOlder(site.database)
        let daemon = try await site.start()
        let copy = "\(site.database).v\(version).bak"
        #expect(
            daemon.log.contains {
                $0.contains("from schema \(version) to \(version + 1)") && $0.contains(copy)
            })
        #expect(files.fileExists(atPath: copy))
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        #expect(try await site.history().first?.id.hasPrefix("abcd2345-") == true)
        _ = try await daemon.stop()
        let again = try await site.start()
        #expect(!again.log.contains { $0.contains("Upgrading") })
    }

    @Test(arguments: [false, true])
    func `after a restore new events have ids of their own, and readers go on with the restored file`(
        isWrittenOver: Bool
    ) async throws {
        let simulator = try await Self.simulator()
        var config = DaemonConfig(simulator, clusters: [Self.cluster])
        config.targets = #"{"ops": \#(simulator.target("ops"))}"#
        let site = try Site(config)
        let first = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        let copy = site.folder.file("copy.db")
        #expect(try await site.run("backup", copy).exitCode == 0)
        try await simulator.setTask(Self.cluster, status: "FAILED")
        try await site.awaitHistory("a failure that is delivered") { $0.count == 2 && $0.last?.isDelivered == true }
        let lost = try #require(try await site.history().last)
        #expect(try await first.stop().ending == .exit(0))

        let follower = try RunningProgram(
            ProgramPath.built("polarai-daemon"), ["history", "--follow", "--format", "jsonl"],
            environment: site.environment)
        try await follower.awaitLine(within: .seconds(60)) { $0.contains(#""event":"failed""#) }
        // It has the database open, and nobody asks it for anything.
        let web = try RunningProgram(
            ProgramPath.built("polarai-web"), ["--listen", "127.0.0.1:0"], environment: site.environment)
        let listening = try await web.awaitLine(onErrors: true, within: .seconds(30)) { $0.contains("Listening on") }
        let port = try #require(listening.firstMatch(of: /127\.0\.0\.1:(\d+)/).flatMap { Int($0.output.1) })
        #expect(try await LoopbackClient(port: port).send("GET", "/-/ready").status == 200)
        for ending in ["-wal", "-shm"] { try? files.removeItem(atPath: site.database + ending) }
        if isWrittenOver {
            let file = try FileHandle(forWritingTo: URL(filePath: site.database))
            try file.truncate(atOffset: 0)
            try file.write(contentsOf: Data(contentsOf: URL(filePath: copy)))
            try file.close()
        } else {
            try files.removeItem(atPath: site.database)
            try files.copyItem(atPath: copy, toPath: site.database)
        }

        let second = try await site.start()
        #expect(second.log.contains { $0.contains("comes from a copy") && $0.contains("polarai-daemon backup") })
        try await site.awaitHistory("the failure again") { $0.last?.isDelivered == true && $0.last?.event == "failed" }
        let again = try #require(try await site.history().last)
        #expect(again.seq == lost.seq)
        #expect(again.id != lost.id)
        #expect(try await site.history().first?.id.prefix(8) == lost.id.prefix(8))
        try await follower.awaitLine(within: .seconds(60)) { $0.contains(again.id) }
        #expect(follower.errors.contains("Continuing with the new file"))
        follower.signal(SIGTERM)
        _ = try await follower.waitUntilEnded()
        let shown = try await LoopbackClient(port: port).json("GET", "/api/v1/history")
        #expect(shown["items"]?.arrayValue?.first?["id"] == .string(again.id))
        #expect(try await web.stop(within: .seconds(30)) == .exit(0))
        #expect(try await second.stop().ending == .exit(0))
        let third = try await site.start()
        #expect(!third.log.contains { $0.contains("comes from a copy") })
        #expect(try await third.stop().ending == .exit(0))
    }

    @Test func `a follower of a file that was put back beside another file's log does not keep the daemon from it`()
        async throws
    {
        let simulator = try await Self.simulator()
        let site = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        let first = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        let copy = site.folder.file("copy.db")
        #expect(try await site.run("backup", copy).exitCode == 0)
        try await simulator.setTask(Self.cluster, status: "PAUSED")
        try await site.awaitHistory("a change that the copy does not have") { $0.count == 2 }
        let follower = try RunningProgram(
            ProgramPath.built("polarai-daemon"), ["history", "--follow", "--format", "jsonl"],
            environment: site.environment)
        try await follower.awaitLine(within: .seconds(60)) { $0.contains("PAUSED") }
        // Over the open file, whose log stays: that of the other file.
        #expect(rename(copy, site.database) == 0)
        try await eventually("the follower goes on", within: .seconds(60)) {
            follower.errors.contains("Continuing with the new file")
        }
        #expect(try await site.history().count == 1, "what is in the log of the other file is not in this one")
        #expect(try await first.stop().ending == .exit(0))
        let second = try await site.start()
        try await simulator.setTask(Self.cluster, status: "FAILED")
        try await follower.awaitLine(within: .seconds(60)) { $0.contains(#""event":"failed""#) }
        follower.signal(SIGTERM)
        _ = try await follower.waitUntilEnded()
        #expect(try await second.stop().ending == .exit(0))
    }

    @Test(arguments: ["backup", "copy"])
    func `a copy that commands changed gets nothing of the log of a daemon that was killed`(made: String) async throws {
        let simulator = try await Self.simulator()
        let site = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        let first = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        try await simulator.setTask(Self.cluster, status: "FAILED")
        let before = try await site.awaitHistory("a failure") { $0.count == 2 }
        var copy = site.folder.file("copy.db")
        #expect(try await site.run("backup", copy).exitCode == 0)
        if made == "copy" {
            let backup = copy
            copy = site.folder.file("made.db")
            #expect(try await site.run("copy", "--from", backup, "--to", copy).exitCode == 0)
        }
        let acked = try await site.run("ack", Self.cluster, "--by", "alice", "--database", copy)
        #expect(acked.exitCode == 0, "\(acked.errors)")
        try await simulator.setTask(Self.cluster, status: "ACTIVATION")
        let lost = try #require(try await site.awaitHistory("what the copy does not have") { $0.count == 3 }.last)
        try await first.kill()
        let attributes = try files.attributesOfItem(atPath: site.database + "-wal")
        #expect(try #require(attributes[.size] as? Int) > 0)
        try files.removeItem(atPath: site.database)
        try files.copyItem(atPath: copy, toPath: site.database)

        let second = try await site.start()
        let log = "was not applied; it was renamed to \(site.database)-wal.set-aside."
        #expect(second.log.contains { $0.contains("comes from a copy") && $0.contains(log) }, "\(second.log)")
        let after = try await site.awaitHistory("the change again") { $0.count == 3 }
        #expect(after.prefix(2).map(\.id) == before.map(\.id))
        #expect(after.map(\.event) == before.map(\.event) + [lost.event])
        #expect(after.last?.id != lost.id && after.last?.seq == lost.seq)
        #expect(after[1].json.text().contains("alice"), "\(after[1])")
        #expect(try await second.stop().ending == .exit(0))
        let check = try await run(ProgramPath.system("sqlite3"), [site.database, "PRAGMA integrity_check"])
        #expect(check.output.trimmed == "ok")
    }

    @Test func `a copy that a signal interrupts leaves nothing, and ends as the signal does`() async throws {
        let simulator = try await Self.simulator()
        let site = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        let daemon = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        #expect(try await daemon.stop().ending == .exit(0))
        // 100 MB: neither command is done before the signal comes.
        let rows = """
            INSERT INTO events (event, kind, observed_at, details) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 \
            FROM n WHERE i < 100000) SELECT 'failed', 'observed', 1764000000000, json_object('x', hex(randomblob(500))) FROM n
            """
        let filled = try await run(ProgramPath.system("sqlite3"), [site.database, rows], within: .seconds(120))
        #expect(filled.exitCode == 0, "\(filled.errors)")
        let copy = site.folder.file("night.db")
        let commands = [
            ["backup", copy, "--database", site.database], ["copy", "--from", site.database, "--to", copy],
        ]
        func remains() throws -> [String] {
            try files.contentsOfDirectory(atPath: site.folder.path).filter { $0.hasPrefix("night.db") }
        }
        /// With signals as env(1) sets them: whoever runs the tests may ignore some.
        func begin(_ command: [String], _ signals: String) async throws -> RunningProgram {
            let program = try RunningProgram(
                ProgramPath.system("env"), [signals, ProgramPath.built("polarai-daemon")] + command,
                environment: site.environment)
            try await eventually("a part of the copy", every: .milliseconds(1)) {
                let parts = [".partial", ".partial-wal"].map {
                    try? files.attributesOfItem(atPath: copy + $0)[.size] as? Int
                }
                return parts.contains { $0 ?? 0 > 1 << 20 }
            }
            return program
        }
        for command in commands {
            for number in [SIGINT, SIGTERM, SIGHUP] {
                let program = try await begin(command, "--default-signal")
                program.signal(number)
                let ending = try await program.waitUntilEnded(within: .seconds(60))
                #expect(ending == .signal(number), "\(command[0]) \(number): \(program.errors)")
                #expect(try remains() == [], "\(command[0]) \(number)")
            }
        }
        // As under nohup(1).
        let program = try await begin(commands[0], "--ignore-signal=HUP")
        program.signal(SIGHUP)
        #expect(try await program.waitUntilEnded(within: .seconds(60)) == .exit(0))
        #expect(try remains() == ["night.db"])
    }

    @Test(arguments: ["symbolic link", "hard link"])
    func `a second daemon is refused by every path to the file`(kind: String) async throws {
        let simulator = try await Self.simulator()
        let site = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        let first = try await site.start()
        let other = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        if kind == "hard link" {
            // Within one file system.
            try files.linkItem(atPath: site.database, toPath: other.database)
        } else {
            try files.createSymbolicLink(atPath: other.database, withDestinationPath: site.database)
        }
        let second = try await other.run("run")
        #expect(second.exitCode == 75)
        #expect(second.errors.contains("\(first.pid)"), "\(second.errors)")
        #expect(try await first.stop().ending == .exit(0))
    }

    @Test(.enabled(if: canBindMount, "SKIPPED: needs root, and a kernel that lets it mount"))
    func `a second daemon is refused behind a bind mount of the folder or of the file`() async throws {
        let simulator = try await Self.simulator()
        let site = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        let first = try await site.start()
        for isFolder in [true, false] {
            let config = DaemonConfig(simulator, clusters: [Self.cluster])
            let other = try Site(config)
            let folder = other.folder.file("mounted")
            let database = "\(folder)/polarai.db"
            try files.createDirectory(atPath: folder, withIntermediateDirectories: false)
            if !isFolder { try Data().write(to: URL(filePath: database)) }
            try other.configure(config.text(database: database))
            // The mount is gone with its namespace, when the daemon ends.
            let second = try await TestSupport.run(
                try ProgramPath.system("unshare"),
                [
                    "--mount", "sh", "-c", #"mount --bind "$1" "$2" && exec "$3" run"#, "sh",
                    isFolder ? (site.database as NSString).deletingLastPathComponent : site.database,
                    isFolder ? folder : database, try ProgramPath.built("polarai-daemon"),
                ], environment: other.environment, within: .seconds(60))
            #expect(second.exitCode == 75, "\(second.errors)")
            #expect(second.errors.contains("\(first.pid)"), "\(second.errors)")
        }
        #expect(try await first.stop().ending == .exit(0))
    }

    @Test func `with a copy in the place of its file, a daemon is shown as running and in trouble`() async throws {
        let simulator = try await Self.simulator()
        let site = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        let daemon = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        let copy = site.folder.file("copy.db")
        #expect(try await site.run("backup", copy).exitCode == 0)
        try files.removeItem(atPath: site.database)
        try files.moveItem(atPath: copy, toPath: site.database)
        try await eventually("trouble in STATUS", within: .seconds(60)) {
            daemon.statuses.last?.contains("was replaced") == true
        }
        let json = try await site.run("status", "--format", "json").output
        #expect(json.contains(#""reachable":false"#), "\(json)")
        #expect(json.contains(#""pid":\#(daemon.pid),"running":true"#), "\(json)")
        #expect(try await site.run("metrics").output.contains("polarai_up 1"))
        _ = try await daemon.stop()
    }

    @Test func `a file that is moved away is trouble within a minute, and nothing is sent that is not stored`()
        async throws
    {
        let simulator = try await Self.simulator()
        var config = DaemonConfig(simulator, clusters: [Self.cluster])
        config.targets = #"{"ops": \#(simulator.target("ops"))}"#
        let site = try Site(config)
        let daemon = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        let aside = site.folder.file("aside.db")
        try files.moveItem(atPath: site.database, toPath: aside)
        // At once, before the daemon has looked itself.
        let early = try await site.run("status")
        #expect(early.exitCode == 0)
        #expect(early.output.contains("was moved or removed while the daemon was running"), "\(early.output)")
        try await simulator.setTask(Self.cluster, status: "FAILED")
        try await eventually("trouble in STATUS", within: .seconds(60)) {
            daemon.statuses.last?.contains("moved or removed") == true
        }
        #expect(daemon.log.contains { $0.contains("moved or removed") && $0.contains("systemctl restart") })
        let status = try await site.run("status")
        #expect(status.exitCode == 0)
        #expect(status.output.contains("Storage trouble: \(site.database) was moved"), "\(status.output)")
        let json = try await site.run("status", "--format", "json")
        #expect(json.exitCode == 0)
        #expect(
            json.output.contains(#""reachable":false"#) && json.output.contains(#""running":true"#), "\(json.output)")
        #expect(json.errors.contains("The daemon is running, but its database has trouble: \(site.database) was moved"))
        let doctor = try await site.run("doctor")
        #expect(doctor.exitCode == 1)
        #expect(doctor.output.contains(json.errors.trimmed), "\(doctor.output)")
        #expect(!doctor.output.contains("does not exist yet"))
        #expect(try await simulator.deliveries(to: "ops").isEmpty)
        #expect(!files.fileExists(atPath: site.database))
        // Back in its place it goes on: it is the same file.
        try files.moveItem(atPath: aside, toPath: site.database)
        try await site.awaitHistory("the failure") { $0.last?.event == "failed" && $0.last?.isDelivered == true }
        #expect(try await daemon.stop().ending == .exit(0))
    }

    @Test func `a stop while somebody reads is a clean stop`() async throws {
        let simulator = try await Self.simulator()
        let site = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        let daemon = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        let reader = try RunningProgram(
            ProgramPath.system("sqlite3"),
            ["-readonly", site.database, "BEGIN; SELECT count(*) FROM events;", ".shell echo reading; sleep 20"],
            environment: [:])
        try await reader.awaitLine(within: .seconds(30)) { $0.contains("reading") }
        let (ending, took) = try await daemon.stop()
        #expect(ending == .exit(0))
        #expect(took < .seconds(15))
        reader.signal(SIGKILL)
        _ = try await reader.waitUntilEnded()
    }

    @Test func `commands without a daemon change alerts, leave no file behind and do not keep a daemon away`()
        async throws
    {
        let simulator = try await Self.simulator()
        var config = DaemonConfig(simulator, clusters: [Self.cluster])
        config.targets = #"{"ops": \#(simulator.target("ops"))}"#
        let site = try Site(config)
        let first = try await site.start()
        try await simulator.setHook("ops", script: #"{"plan": [{"status": 400}, {"status": 400}]}"#)
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        try await simulator.setTask(Self.cluster, status: "FAILED")
        try await site.awaitHistory("a dead alert") { $0.last?.alertStates == ["dead"] }
        #expect(try await first.stop().ending == .exit(0))
        let before = try files.contentsOfDirectory(atPath: site.folder.path).sorted()

        let unknown = try await site.run("alerts", "retry", "--target", "oops")
        #expect(unknown.exitCode == 1)
        #expect(unknown.errors.contains("no target oops"))
        let retried = try await site.run("alerts", "retry", "--target", "ops")
        #expect(retried.exitCode == 0)
        #expect(retried.output.contains("was dead and is tried again"), "\(retried.output)")
        #expect(try files.contentsOfDirectory(atPath: site.folder.path).sorted() == before)

        try await simulator.setHook("ops", script: #"{"plan": [{"status": 200}]}"#)
        let second = try await site.start()
        try await site.awaitHistory("the delivery") { $0.last?.isDelivered == true }
        #expect(try await second.stop().ending == .exit(0))
    }
}

/// Whether a mount namespace can be had, in which something is mounted.
private let canBindMount: Bool = {
    let probe = Process()
    probe.executableURL = URL(filePath: "/usr/bin/unshare")
    probe.arguments = ["--mount", "mount", "--bind", "/tmp", "/tmp"]
    probe.standardError = FileHandle.nullDevice
    do { try probe.run() } catch { return false }
    probe.waitUntilExit()
    return probe.terminationStatus == 0
}()
