import Foundation
import TestSupport

/// A real `polarai-daemon run`, with a service manager that listens to it; killed with the last reference to it.
final class RunningDaemon: Sendable {
    let program: RunningProgram
    let manager: NotifySocket

    var pid: Int32 { program.pid }
    /// The lines of its log.
    var log: [String] { program.errorLines }

    init(environment: [String: String]) throws {
        manager = try NotifySocket()
        program = try RunningProgram(
            ProgramPath.built("polarai-daemon"), ["run"],
            environment: environment.merging(["NOTIFY_SOCKET": manager.path]) { $1 })
    }

    /// - Parameter start: starts the process with the manager's address in its environment.
    init(start: (NotifySocket) throws -> RunningProgram) throws {
        manager = try NotifySocket()
        program = try start(manager)
    }

    /// - Throws: `TimedOut`, at once where it has ended.
    func awaitReady(within limit: Duration = .seconds(60)) async throws {
        try await eventually("the daemon to be ready", within: limit, every: .milliseconds(10)) {
            let ended = program.ended
            if manager.lines.contains("READY=1") { return true }
            if let ended { throw TimedOut("the daemon ended (\(ended)) before it was ready: \(program.errors)") }
            return false
        }
    }

    // MARK: - What it says

    /// Every STATUS line so far.
    var statuses: [String] {
        manager.lines.filter { $0.hasPrefix("STATUS=") }.map { String($0.dropFirst("STATUS=".count)) }
    }

    /// The last change that each STATUS line names, repeats left out: `pm-… ACTIVATION → FAILED`.
    var toldChanges: [String] {
        var reported: [String] = []
        for status in statuses {
            let part = status.components(separatedBy: "; ").first { $0.hasPrefix("last: ") }
            guard let part, let text = part.dropFirst("last: ".count).components(separatedBy: " at ").first,
                reported.last != text
            else { continue }
            reported.append(text)
        }
        return reported
    }

    func awaitStatus(_ what: String, where fits: (String) -> Bool) async throws {
        try await eventually("STATUS: \(what)", within: .seconds(60)) { statuses.contains(where: fits) }
    }

    /// Its log lines that tell of an event.
    func logLines(event: String, cluster: String) -> [String] {
        log.filter { line in
            let words = line.split(separator: " ")
            return words.contains("event=\(event)") && words.contains("task_id=\(cluster)")
        }
    }

    // MARK: - Its end

    /// kill -9.
    func kill() async throws {
        program.signal(SIGKILL)
        try await program.waitUntilEnded(within: .seconds(30))
    }

    /// SIGTERM; how it ended and how long that took.
    @discardableResult
    func stop() async throws -> (ending: RunningProgram.Ending, took: Duration) {
        let begin = ContinuousClock.now
        let ending = try await program.stop(within: .seconds(30))
        return (ending, begin.duration(to: .now))
    }

    // MARK: - The process

    /// The most memory it ever had, in bytes (VmHWM of proc(5)).
    func peakMemory() throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kilobytes = line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }
        guard let kilobytes else { throw TimedOut("/proc/\(pid)/status has no VmHWM") }
        return kilobytes * 1024
    }

    /// Its command line, as every user of the machine can read it.
    func commandLine() throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/cmdline")), as: UTF8.self)
    }
}
