import Foundation
import Model
import TestSupport
import Testing

private enum Compiler {
    static let path = try? ProgramPath.system("cc")
}

/// A host whose clock is a day off: what it shows, compares and sends goes by the clock of the shared database.
@Suite(
    .timeLimit(.minutes(10)), .enabled(if: RealPostgres.isInstalled, "\(RealPostgres.missing)"),
    .enabled(if: Compiler.path != nil, "There is no C compiler: apt-get install gcc libc6-dev"))
struct SharedClockTests {
    private let task = "pm-2ze9wrongclock1"

    /// What moves the wall clock of a program, and nothing else, by so many hours.
    private func clock(_ hours: Int64, in folder: TemporaryFolder) async throws -> [String: String] {
        let shim = folder.file("clock.so")
        let compiler = try #require(Compiler.path)
        let built = try await run(
            compiler,
            ["-shared", "-fPIC", "-o", shim, ProgramPath.package + "/Tests/Torture/clock_shim.c", "-ldl"])
        #expect(built.exitCode == 0, "\(built.errors)")
        let shift = folder.file("clock")
        let bytes = withUnsafeBytes(of: hours * 3600 * 1_000_000_000) { Data($0) }
        try bytes.write(to: URL(fileURLWithPath: shift))
        return ["LD_PRELOAD": shim, "TORTURE_CLOCK": shift]
    }

    private func time(hoursAhead: Double) -> String {
        Date(timeIntervalSinceNow: hoursAhead * 3600).ISO8601Format()
    }

    @Test(arguments: [26, -26])
    func `commands go by the database's clock`(hours: Int64) async throws {
        let server = try await RealPostgres.shared()
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(task))]}"#)
        var config = DaemonConfig(simulator, clusters: [task])
        config.databaseURL = server.socketURL(try await server.makeDatabase())
        // Without TLS: by this clock no certificate of today is valid yet.
        config.targets = #"{"ops": {"url": "\#(simulator.http)/hook/ops"}}"#
        let daemon = try await Site(config).start()
        try await simulator.awaitCalls(1, of: [task])
        let folder = try TemporaryFolder()
        let site = try Site(config, environment: try await clock(hours, in: folder))

        let silence = ["silence", "add", "--all", "--comment", "maintenance"]
        #expect(try await site.run(silence + ["--until", time(hoursAhead: 2)]).exitCode == 0)
        #expect(try await site.run(silence + ["--until", time(hoursAhead: -2)]).exitCode == 64)
        let silences = try await site.json(["silence", "list"]).arrayValue
        #expect(silences?.map { $0["state"]?.stringValue } == ["active"])
        #expect(try await site.run("summary", "--since", time(hoursAhead: -2)).exitCode == 0)
        #expect(try await site.run("summary", "--since", time(hoursAhead: 2)).exitCode == 64)
        #expect(try await site.run("test-alert", "ops").exitCode == 0)
        let sent = try await simulator.deliveries(to: "ops").last?["headers"]?["webhook-timestamp"]?.stringValue
        let stamp = try #require(sent.flatMap(Double.init))
        #expect(abs(stamp - Date().timeIntervalSince1970) < 3600)
        #expect(try await daemon.stop().ending == .exit(0))
    }
}
