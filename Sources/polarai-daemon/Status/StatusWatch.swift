import ArgumentParser
import Daemon
// Dispatch sources may be cancelled from any thread, but are not declared Sendable on Linux.
@preconcurrency import Dispatch
import Glibc
import Model
import Store

/// `status --watch`: the table, drawn again every second, until somebody ends it.
struct StatusWatch {
    let isUTC: Bool

    private enum Event {
        case picture([String])
        case key(UInt8)
        case signal(Int32)
        /// It is time for another picture.
        case due
    }

    /// From the end of one picture to the beginning of the next; making one takes a second at most.
    private static let pause = DispatchTimeInterval.milliseconds(900)

    /// Signals that end it, or that the terminal sends. `UnixSignalsSequence`, which the services use, knows no SIGTSTP.
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH]

    /// - Throws: `ExitCode`: 130 after Ctrl-C, 128 and the number of any other signal; `CommandFailure`: 64 if there is no
    ///   terminal.
    func run(_ database: DatabaseOption) async throws {
        guard let screen = Screen() else {
            throw CommandFailure(
                "--watch draws on a terminal: without one, use `polarai-daemon status`, or `history --follow` for what "
                    + "is new.", .usage)
        }
        let source = LiveTable(database: try database.address())
        // What cannot be read at all is said here, not on a screen that is about to go.
        _ = try HistoryReader(at: source.database)
        let (events, sender) = AsyncStream.makeStream(of: Event.self)
        let sources = await Self.signalSources(sender) + [Self.keySource(sender)]
        try screen.open()
        let ending: Int32?
        do {
            ending = try await loop(screen, source, events, sender)
        } catch {
            screen.close()
            throw error
        }
        screen.close()
        for source in sources { source.cancel() }
        // As a shell reports a program that a signal has ended.
        if let ending { throw ExitCode(128 + ending) }
    }

    /// - Returns: the signal that ended it; nil after `q`.
    private func loop(
        _ screen: Screen, _ source: LiveTable, _ events: AsyncStream<Event>, _ sender: AsyncStream<Event>.Continuation
    ) async throws -> Int32? {
        var picture = ["Reading…"]
        var drawing = makePicture(source, sender)
        defer { drawing.cancel() }
        for await event in events {
            switch event {
            case .picture(let lines):
                picture = lines
                try screen.draw(picture)
                DispatchQueue.global().asyncAfter(deadline: .now() + Self.pause) { sender.yield(.due) }
            case .due: drawing = makePicture(source, sender)
            // q, Q, and the end of the input.
            case .key(UInt8(ascii: "q")), .key(UInt8(ascii: "Q")), .key(4): return nil
            case .key: break
            case .signal(SIGWINCH): try screen.draw(picture)
            case .signal(SIGTSTP):
                screen.close()
                kill(getpid(), SIGSTOP)
            case .signal(SIGCONT):
                try screen.open()
                try screen.draw(picture)
            case .signal(let signal): return signal
            }
        }
        return nil
    }

    private func makePicture(
        _ source: LiveTable, _ sender: AsyncStream<Event>.Continuation
    ) -> Task<Void, Never> {
        Task { [isUTC] in sender.yield(.picture(await source.lines(isUTC: isUTC))) }
    }

    /// Returns when each of them is watched: until then a signal ends the process as if nobody watched.
    private static func signalSources(
        _ sender: AsyncStream<Event>.Continuation
    ) async -> [any DispatchSourceProtocol] {
        var sources: [any DispatchSourceProtocol] = []
        for number in signals {
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { sender.yield(.signal(number)) }
            await withCheckedContinuation { registered in
                source.setRegistrationHandler { registered.resume() }
                source.activate()
            }
            sources.append(source)
        }
        return sources
    }

    private static func keySource(_ sender: AsyncStream<Event>.Continuation) -> any DispatchSourceProtocol {
        let source = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO)
        source.setEventHandler { [source] in
            var bytes = [UInt8](repeating: 0, count: 64)
            let count = read(STDIN_FILENO, &bytes, bytes.count)
            if count < 0, errno == EINTR || errno == EAGAIN { return }
            guard count > 0 else {
                // The terminal is gone.
                source.cancel()
                sender.yield(.signal(SIGHUP))
                return
            }
            for byte in bytes[..<count] { sender.yield(.key(byte)) }
        }
        source.activate()
        return source
    }
}
