import Foundation
import Synchronization

/// A real program as a child process, its output kept in files; killed with the last reference to it.
package final class RunningProgram: Sendable {
    /// How a program ended.
    package enum Ending: Hashable, Sendable {
        case exit(Int32)
        case signal(Int32)
    }

    package struct SpawnFailure: Error, CustomStringConvertible {
        package let description: String
    }

    package let pid: Int32
    package let name: String
    private let folder: TemporaryFolder
    private let ending = Mutex<Ending?>(nil)

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - path: the executable (`ProgramPath`).
    ///   - environment: added to `PATH`, `HOME` (a folder of its own) and `TMPDIR`; nothing else is inherited, so that
    ///     the credentials of whoever runs the tests stay out of them.
    ///   - standardInput: what the program can read.
    /// - Throws: `SpawnFailure`.
    package init(
        _ path: String, _ arguments: [String] = [], environment: [String: String] = [:], standardInput: String = "",
        workingFolder: String? = nil
    ) throws {
        name = (path as NSString).lastPathComponent
        folder = try TemporaryFolder()
        try folder.write("stdin", standardInput)
        var variables = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
            "HOME": folder.path, "TMPDIR": NSTemporaryDirectory(), "TZ": "UTC", "LC_ALL": "C.UTF-8",
        ]
        variables.merge(environment) { $1 }
        if let workingFolder {
            // env replaces itself by the program: the process stays the same one.
            pid = try Self.spawn(
                ProgramPath.system("env"), ["-C", workingFolder, path] + arguments, variables, folder: folder)
        } else {
            pid = try Self.spawn(path, arguments, variables, folder: folder)
        }
    }

    deinit {
        // Only what was started here, and only while it has not been waited for: until then its id is not used again.
        if ending.withLock({ $0 }) == nil {
            kill(pid, SIGKILL)
            var status: Int32 = 0
            waitpid(pid, &status, 0)
        }
    }

    package var output: String { folder.read("stdout") }
    package var errors: String { folder.read("stderr") }
    package var outputLines: [String] { Self.lines(output) }
    package var errorLines: [String] { Self.lines(errors) }

    /// Nil while it runs.
    package var ended: Ending? {
        ending.withLock { ending in
            if ending == nil {
                var status: Int32 = 0
                if waitpid(pid, &status, WNOHANG) == pid { ending = Self.ending(status) }
            }
            return ending
        }
    }

    /// Does nothing to a program that has ended.
    package func signal(_ number: Int32) {
        ending.withLock { ending in
            if ending == nil { kill(pid, number) }
        }
    }

    /// - Throws: `TimedOut`, with what the program said.
    @discardableResult
    package func waitUntilEnded(within limit: Duration = .seconds(10)) async throws -> Ending {
        do {
            return try await eventually("\(name) to end", within: limit, every: .milliseconds(5)) { ended }
        } catch let error as TimedOut {
            throw TimedOut("\(error); stderr: \(errors.suffix(2000))")
        }
    }

    /// SIGTERM, then waits.
    @discardableResult
    package func stop(within limit: Duration = .seconds(10)) async throws -> Ending {
        signal(SIGTERM)
        return try await waitUntilEnded(within: limit)
    }

    /// The first line on stdout (or stderr) that fits.
    ///
    /// - Throws: `TimedOut` after the limit, or as soon as the program has ended without such a line.
    @discardableResult
    package func awaitLine(
        onErrors: Bool = false, within limit: Duration = .seconds(10), where fits: (String) -> Bool
    ) async throws -> String {
        func find() -> String? { (onErrors ? errorLines : outputLines).first(where: fits) }
        return try await eventually("a line of \(name)", within: limit, every: .milliseconds(10)) {
            let hasEnded = ended
            if let line = find() { return line }
            if let hasEnded {
                throw TimedOut("\(name) ended (\(hasEnded)) without the line; stderr: \(errors.suffix(2000))")
            }
            return nil
        }
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init)
    }

    private static func ending(_ status: Int32) -> Ending {
        // What the macros WIFEXITED, WEXITSTATUS and WTERMSIG do.
        status & 0x7f == 0 ? .exit(status >> 8 & 0xff) : .signal(status & 0x7f)
    }

    private static func spawn(
        _ path: String, _ arguments: [String], _ variables: [String: String], folder: TemporaryFolder
    ) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, folder.file("stdin"), O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, folder.file("stdout"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, folder.file("stderr"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
        // A descriptor of the tests that a child kept open would hold a lock or a port beyond its owner's life.
        // One that is not open is passed over.
        for descriptor in Int32(3)..<1024 { posix_spawn_file_actions_addclose(&actions, descriptor) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var nothing = sigset_t()
        sigemptyset(&nothing)
        posix_spawnattr_setsigmask(&attributes, &nothing)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        var pid: pid_t = 0
        let code = withCStrings([path] + arguments) { argv in
            withCStrings(variables.map { "\($0.key)=\($0.value)" }) { envp in
                posix_spawn(&pid, path, &actions, &attributes, argv, envp)
            }
        }
        guard code == 0 else {
            throw SpawnFailure(description: "cannot start \(path): \(String(cString: strerror(code)))")
        }
        return pid
    }

    /// The texts as a null-terminated array of C strings.
    private static func withCStrings<Result>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
