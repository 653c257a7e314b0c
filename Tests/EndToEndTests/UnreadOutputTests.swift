import Foundation
import Glibc
import Model
import TestSupport
import Testing

/// Standard error that nobody reads.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct UnreadOutputTests {
    private static let count = 60

    /// A pipe by a name, as small as the kernel makes it, that somebody has opened and does not read.
    private final class UnreadPipe: Sendable {
        let path: String
        private let descriptor: Int32

        init(_ path: String) throws {
            self.path = path
            guard mkfifo(path, 0o600) == 0 else { throw TimedOut("mkfifo \(path): \(errno)") }
            descriptor = open(path, O_RDWR | O_CLOEXEC)
            // F_SETPIPE_SZ
            guard descriptor >= 0, fcntl(descriptor, 1031, 4096) > 0 else { throw TimedOut("open \(path): \(errno)") }
        }

        deinit { close(descriptor) }
    }

    @Test func `it stops neither polls nor alerts nor the end of the daemon`() async throws {
        let tasks =
            #"{"id": "pm-unread{n}", "count": \#(Self.count), "phases": [{"at": "-1h", "status": "ACTIVATION"}]}"#
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(tasks)]}"#)
        let clusters = (1...Self.count).map { "pm-unread\($0)" }
        var config = DaemonConfig(simulator, clusters: clusters)
        config.running = "2s"
        config.settled = "2s"
        config.targets = #"{"ops": \#(simulator.target("ops"))}"#
        let site = try Site(config)
        let pipe = try UnreadPipe(site.folder.file("stderr"))
        let daemon = try RunningDaemon { manager in
            try RunningProgram(
                ProgramPath.system("sh"), ["-c", "exec '\(ProgramPath.built("polarai-daemon"))' run 2>'\(pipe.path)'"],
                environment: site.environment.merging(["NOTIFY_SOCKET": manager.path]) { $1 })
        }
        try await daemon.awaitReady()
        try await site.awaitHistory("all first answers") { $0.count == Self.count }
        // A line for each, and far more than the pipe takes.
        for cluster in clusters { try await simulator.setTask(cluster, status: "FAILED") }
        try await site.awaitHistory("all failures, delivered") { lines in
            lines.changes.count == Self.count && lines.changes.allSatisfy(\.isDelivered)
        }
        // It would end by itself after 4.5 s, but not with 0.
        #expect(try await daemon.stop().ending == .exit(0))
    }
}
