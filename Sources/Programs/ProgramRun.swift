import CEpoll
import Glibc
import Synchronization

/// One run of a program, in a process group of its own.
///
/// The end of the program is waited for, not the end of its output, which what it leaves in the background may hold open.
package final class ProgramRun: Sendable {
    private struct State {
        /// From its start until it is reaped: later its number may be another process's.
        var process: pid_t?
        var isCancelled = false

        func signalGroup(_ signal: Int32) {
            if let process { kill(-process, signal) }
        }
    }

    private let order: ProgramOrder
    private let state = Mutex(State())
    /// Becomes readable when the run is cancelled; -1 if the process has no descriptors left.
    private let bell: Int32

    /// How often it is looked whether the program has ended, on kernels that cannot say so.
    private static let tick = Duration.milliseconds(50)

    package init(_ order: ProgramOrder) {
        self.order = order
        bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    }

    deinit {
        if bell >= 0 { close(bell) }
    }

    /// Runs the program. Blocks the thread until it has ended and been reaped.
    ///
    /// - Parameter report: called once, as soon as the outcome is known: a process that cannot be killed holds the thread,
    ///   not its caller.
    package func run(_ report: (ProgramOutcome) -> Void) {
        var output = ProgramOutput(order.output)
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { return report(ProgramOutcome(end: .cannotStart(errno), output: [])) }
        let reading = ends[0]
        defer { close(reading) }
        let started = state.withLock { state -> Result<pid_t, ProgramStart.Failure> in
            if state.isCancelled { return .failure(.cancelled) }
            let result = ProgramStart.start(order, output: ends[1])
            if case .success(let process) = result { state.process = process }
            return result
        }
        close(ends[1])
        let process: pid_t
        switch started {
        case .success(let started): process = started
        case .failure(.cancelled): return report(ProgramOutcome(end: .cancelled, output: []))
        case .failure(.code(let code)): return report(ProgramOutcome(end: .cannotStart(code), output: []))
        }
        _ = fcntl(reading, F_SETFL, O_NONBLOCK)
        let exit = polarai_process_descriptor(process)
        defer { if exit >= 0 { close(exit) } }

        let end = collect(reading, process: process, exit: exit, into: &output)
        report(ProgramOutcome(end: end, output: output.bytes))
        reap()
    }

    /// Ends the program and what it started.
    package func cancel() {
        state.withLock { $0.isCancelled = true }
        var one: UInt64 = 1
        if bell >= 0 { _ = write(bell, &one, MemoryLayout<UInt64>.size) }
        if order.grace == .zero { state.withLock { $0.signalGroup(SIGKILL) } }
    }

    // MARK: Waiting

    private func collect(
        _ reading: Int32, process: pid_t, exit: Int32, into output: inout ProgramOutput
    ) -> ProgramEnd {
        let deadline = ContinuousClock.now + order.limit
        while true {
            if let status = endStatus(of: process, reaps: true) {
                // What it wrote before its end is in the pipe now.
                output.drain(reading)
                if output.isTooLong { return .printsTooMuch(limit: output.limit) }
                if state.withLock({ $0.isCancelled }) { return .cancelled }
                return Self.end(status)
            }
            var end: ProgramEnd?
            if state.withLock({ $0.isCancelled }) {
                end = .cancelled
            } else if output.isTooLong {
                end = .printsTooMuch(limit: output.limit)
            } else if ContinuousClock.now >= deadline {
                end = .tookTooLong(order.limit)
            }
            if let end {
                endGroup(reading, process: process, exit: exit, into: &output)
                return end
            }
            wait(reading, exit: exit, until: deadline, output: &output)
        }
    }

    /// SIGTERM, a while, SIGKILL, to all of the group: also when its leader obeys and others do not.
    private func endGroup(_ reading: Int32, process: pid_t, exit: Int32, into output: inout ProgramOutput) {
        if order.grace > .zero {
            state.withLock { $0.signalGroup(SIGTERM) }
            let deadline = ContinuousClock.now + order.grace
            while ContinuousClock.now < deadline, endStatus(of: process, reaps: false) == nil {
                wait(reading, exit: exit, until: deadline, output: &output, heedsBell: false)
            }
        }
        state.withLock { $0.signalGroup(SIGKILL) }
        output.drain(reading)
    }

    private func wait(
        _ reading: Int32, exit: Int32, until deadline: ContinuousClock.Instant, output: inout ProgramOutput,
        heedsBell: Bool = true
    ) {
        let left = ContinuousClock.now.duration(to: deadline)
        let wait = exit >= 0 && bell >= 0 ? left : min(left, Self.tick)
        var waited = [
            pollfd(fd: output.isOpen ? reading : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: exit, events: Int16(POLLIN), revents: 0),
            pollfd(fd: heedsBell ? bell : -1, events: Int16(POLLIN), revents: 0),
        ]
        let (seconds, attoseconds) = max(wait, .zero).components
        let milliseconds = min(seconds, 1_000_000) * 1000 + attoseconds / 1_000_000_000_000_000 + 1
        _ = poll(&waited, 3, Int32(clamping: milliseconds))
        if waited[0].revents != 0 { output.drain(reading) }
    }

    private static func end(_ status: Int32) -> ProgramEnd {
        status & 0x7f != 0 ? .killed(signal: status & 0x7f) : .ended(status: status >> 8 & 0xff)
    }

    /// - Parameter reaps: whether its number may be given to another process from now on.
    /// - Returns: its status, once it has ended.
    private func endStatus(of process: pid_t, reaps: Bool) -> Int32? {
        if !reaps {
            var information = siginfo_t()
            let code = waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT | WNOHANG)
            return code == 0 && information.si_signo == 0 ? nil : 0
        }
        var status: Int32 = 0
        // Under the lock: a number that is free must not be killed.
        return state.withLock { state in
            let reaped = waitpid(process, &status, WNOHANG)
            guard reaped != 0, !(reaped < 0 && errno == EINTR) else { return nil }
            state.process = nil
            return reaped == process ? status : 0
        }
    }

    /// Records the end of a process that was killed.
    private func reap() {
        guard let process = state.withLock({ $0.process }) else { return }
        var information = siginfo_t()
        // Without taking its number away, which a cancellation may still use.
        while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        _ = endStatus(of: process, reaps: true)
    }
}
