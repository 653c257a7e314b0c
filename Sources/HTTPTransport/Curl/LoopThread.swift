import CEpoll
import Foundation
import Synchronization

/// The thread of a client's loop: started when it is needed, joined before the process ends.
///
/// `exit` runs the clean-up of OpenSSL and the C++ runtime, which a thread that is still in them would not survive.
final class LoopThread: Sendable {
    private enum Phase {
        case idle
        case running
        case released
    }

    private let settings: CurlSettings
    private let inbox: TicketInbox
    private let alarm: Alarm
    private let phase = Mutex(Phase.idle)
    /// Whether there is nothing left to start; read before each request.
    private let isStarted = Atomic(false)

    init(_ settings: CurlSettings, inbox: TicketInbox, alarm: Alarm) {
        self.settings = settings
        self.inbox = inbox
        self.alarm = alarm
    }

    /// Starts the loop unless it runs or is over.
    func start(_ executor: CurlExecutor) {
        if isStarted.load(ordering: .relaxed) { return }
        phase.withLock { phase in
            guard case .idle = phase else { return }
            // Before the thread, whose start-up would otherwise register its clean-up after ours, to run before it.
            CurlLibrary.initialise()
            let loop = Start(settings: settings, inbox: inbox, alarm: alarm, executor: executor)
            if LoopThreads.start(loop) {
                phase = .running
            } else {
                // No thread to be had: whoever asks hears of it.
                inbox.close()
                phase = .released
            }
            isStarted.store(true, ordering: .relaxed)
        }
    }

    /// Ends the loop.
    func release() {
        phase.withLock { phase in
            phase = .released
            isStarted.store(true, ordering: .relaxed)
        }
        inbox.release()
    }

    /// What the thread takes along.
    final class Start: Sendable {
        let settings: CurlSettings
        let inbox: TicketInbox
        let alarm: Alarm
        let executor: CurlExecutor

        init(settings: CurlSettings, inbox: TicketInbox, alarm: Alarm, executor: CurlExecutor) {
            self.settings = settings
            self.inbox = inbox
            self.alarm = alarm
            self.executor = executor
        }
    }
}

/// The loops' threads of this process.
private enum LoopThreads {
    private struct Running {
        let thread: pthread_t
        let inbox: TicketInbox
    }

    private static let running = Mutex<[Running]>([])
    /// Registered once, after all that libcurl registers.
    private static let joinsAtExit: Bool = atexit { LoopThreads.endAll() } == 0

    /// A loop ends as soon as its present job does; one whose job hangs is not waited for.
    private static let limit = 2

    static func start(_ start: LoopThread.Start) -> Bool {
        _ = joinsAtExit
        return running.withLock { running in
            // Those that are over leave nothing behind once they are joined.
            running.removeAll { pthread_tryjoin_np($0.thread, nil) == 0 }
            var thread = pthread_t()
            let context = Unmanaged.passRetained(start)
            let code = pthread_create(
                &thread, nil,
                { context in
                    guard let context else { return nil }
                    pthread_setname_np(pthread_self(), "curl")
                    let start = Unmanaged<LoopThread.Start>.fromOpaque(context).takeRetainedValue()
                    CurlLoop(start).run()
                    return nil
                }, context.toOpaque())
            guard code == 0 else {
                context.release()
                return false
            }
            running.append(Running(thread: thread, inbox: start.inbox))
            return true
        }
    }

    private static func endAll() {
        let threads = running.withLock { running in
            defer { running = [] }
            return running
        }
        for running in threads { running.inbox.release() }
        var end = timespec()
        clock_gettime(CLOCK_REALTIME, &end)
        end.tv_sec += limit
        // The process may be ended by a job on a loop's own thread.
        for running in threads where pthread_equal(running.thread, pthread_self()) == 0 {
            _ = pthread_timedjoin_np(running.thread, nil, &end)
        }
    }
}
