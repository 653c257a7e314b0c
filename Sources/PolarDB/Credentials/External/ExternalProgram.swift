import CEpoll
import Glibc
import Synchronization

/// One run of a program whose output is wanted, in a process group of its own.
///
/// The end of the program is waited for, not the end of its output, which what it leaves in the background may hold open.
final class ExternalProgram: Sendable {
    enum Failure: Error, Hashable {
        case cannotStart(Int32)
        case tookTooLong(Duration)
        case printsTooMuch
        case ended(status: Int32)
        case killed(signal: Int32)
        case cancelled

        /// To stand behind the program's name; hold nothing of its arguments or output.
        var words: String {
            switch self {
            case .cannotStart(let code): "it cannot be started: \(String(cString: strerror(code)))"
            case .tookTooLong(let limit): "it took longer than \(limit.components.seconds) s and was ended"
            case .printsTooMuch: "it prints more than \(ExternalProgram.maximumOutput >> 10) KiB"
            case .ended(let status): "it ended with status \(status)"
            case .killed(let signal): "it was ended by signal \(signal)"
            case .cancelled: "it was ended because nobody waits for it any more"
            }
        }
    }

    private struct State {
        /// From its start until it is reaped: later its number may be another process's.
        var process: pid_t?
        var isCancelled = false

        func killGroup() {
            if let process { kill(-process, SIGKILL) }
        }
    }

    private let words: [String]
    private let limit: Duration
    private let state = Mutex(State())

    static let maximumOutput = 64 << 10
    /// How often it is looked whether the program has ended, on kernels that cannot say so.
    private static let tick = Duration.milliseconds(50)

    /// - Parameter words: the program, looked for in `PATH` if it has no slash, and its arguments.
    init(words: [String], limit: Duration) {
        self.words = words
        self.limit = limit
    }

    /// Runs the program. Blocks the thread until it has ended and been reaped.
    ///
    /// - Parameter report: called once, as soon as the outcome is known: a process that cannot be killed holds the thread,
    ///   not its caller.
    func run(_ report: (Result<[UInt8], Failure>) -> Void) {
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { return report(.failure(.cannotStart(errno))) }
        let output = ends[0]
        defer { close(output) }
        let started = state.withLock { state -> Result<pid_t, Failure> in
            if state.isCancelled { return .failure(.cancelled) }
            let result = Self.spawn(words, output: ends[1])
            if case .success(let process) = result { state.process = process }
            return result
        }
        close(ends[1])
        let process: pid_t
        switch started {
        case .success(let started): process = started
        case .failure(let failure): return report(.failure(failure))
        }
        _ = fcntl(output, F_SETFL, O_NONBLOCK)
        let end = polarai_process_descriptor(process)
        defer { if end >= 0 { close(end) } }

        let result = collect(output, process: process, end: end)
        if case .failure = result { state.withLock { $0.killGroup() } }
        report(state.withLock { $0.isCancelled } ? .failure(.cancelled) : result)
        reap()
    }

    /// Ends the program and what it started.
    func cancel() {
        state.withLock { state in
            state.isCancelled = true
            state.killGroup()
        }
    }

    // MARK: Waiting

    private func collect(_ output: Int32, process: pid_t, end: Int32) -> Result<[UInt8], Failure> {
        let deadline = ContinuousClock.now + limit
        var bytes: [UInt8] = []
        var isOpen = true
        while true {
            if let status = endStatus(of: process) {
                // What it wrote before its end is in the pipe now.
                if isOpen { _ = Self.drain(output, into: &bytes) }
                guard bytes.count <= Self.maximumOutput else { return .failure(.printsTooMuch) }
                if status & 0x7f != 0 { return .failure(.killed(signal: status & 0x7f)) }
                let code = status >> 8 & 0xff
                return code == 0 ? .success(bytes) : .failure(.ended(status: code))
            }
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return .failure(.tookTooLong(limit)) }
            let wait = end >= 0 ? left : min(left, Self.tick)
            var waited = [
                pollfd(fd: isOpen ? output : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: end, events: Int16(POLLIN), revents: 0),
            ]
            let (seconds, attoseconds) = wait.components
            _ = poll(&waited, 2, Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1))
            if waited[0].revents != 0 { isOpen = Self.drain(output, into: &bytes) }
            guard bytes.count <= Self.maximumOutput else { return .failure(.printsTooMuch) }
        }
    }

    /// - Returns: false at the end of the output.
    private static func drain(_ output: Int32, into bytes: inout [UInt8]) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= maximumOutput {
            let count = read(output, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count < 0 && errno == EAGAIN }
            bytes += chunk[..<count]
        }
        return true
    }

    /// - Returns: its status, once it has ended; the process is reaped then.
    private func endStatus(of process: pid_t) -> Int32? {
        var status: Int32 = 0
        // Under the lock: a number that is free must not be killed.
        return state.withLock { state in
            let reaped = waitpid(process, &status, WNOHANG)
            guard reaped != 0, !(reaped < 0 && errno == EINTR) else { return nil }
            state.process = nil
            return reaped == process ? status : 0
        }
    }

    /// Takes note of the end of a process that was killed.
    private func reap() {
        guard let process = state.withLock({ $0.process }) else { return }
        var information = siginfo_t()
        // Without taking its number away, which a cancellation may still use.
        while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        _ = endStatus(of: process)
    }

    // MARK: Starting

    private static func spawn(_ words: [String], output: Int32) -> Result<pid_t, Failure> {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        // Signals as a program expects them, whatever this process does with them.
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var arguments = words.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        arguments.append(nil)
        var process = pid_t()
        let code = posix_spawnp(&process, words[0], &actions, &attributes, arguments, polarai_environment())
        return code == 0 ? .success(process) : .failure(.cannotStart(code))
    }
}
