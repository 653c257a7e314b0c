import CSystemd
import Dispatch
import Glibc
import Synchronization

/// Reports the state of the service to the service manager, by sd_notify(3). Does nothing if no manager listens.
///
/// No call blocks: sd_notify itself waits when the manager's socket is full, so the datagrams leave on a queue of
/// their own, in order. While one waits there, further `WATCHDOG=1` are left out and only the newest `STATUS=` is kept:
/// what waits is bounded.
package final class SystemdNotifier: Sendable {
    private struct State {
        /// The last text handed over, whether or not it has left yet.
        var status: String?
        var waitingStatus: String?
        /// What comes after is not news: the service is on its way out.
        var isStopping = false
        var watchdogWaits = false
    }

    private let send: (@Sendable (NotifyMessage) -> Void)?
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "systemd-notify")

    /// The manager that started this process, by `$NOTIFY_SOCKET`.
    package convenience init(environment: [String: String]) {
        let hasManager = environment["NOTIFY_SOCKET"].map { !$0.isEmpty } ?? false
        let send: @Sendable (NotifyMessage) -> Void = { message in sd_notify(0, message.text) }
        self.init(send: hasManager ? send : nil)
    }

    /// - Parameter send: delivers one datagram, and may block; nil makes every call a no-op.
    package init(send: (@Sendable (NotifyMessage) -> Void)?) {
        self.send = send
    }

    /// Start-up or reload is done: the service does its work.
    package func ready(status: String) {
        let text = remember(status)
        enqueue(NotifyMessage.ready.addingStatus(text))
    }

    /// One line for people. Sent only if it differs from the last one, and not while the service stops.
    package func status(_ text: String) {
        guard send != nil else { return }
        let line = OneLine.text(text, maximumBytes: NotifyMessage.maximumStatusBytes)
        let mustEnqueue = state.withLock { state in
            guard state.status != line, !state.isStopping else { return false }
            state.status = line
            defer { state.waitingStatus = line }
            return state.waitingStatus == nil
        }
        guard mustEnqueue else { return }
        queue.async { [self] in
            let newest = state.withLock { state in
                defer { state.waitingStatus = nil }
                return state.waitingStatus
            }
            if let newest { send?(.status(newest)) }
        }
    }

    /// Keeps the watchdog quiet for one more interval. To be called only while the work makes progress.
    package func watchdog() {
        guard send != nil else { return }
        let mustEnqueue = state.withLock { state in
            defer { state.watchdogWaits = true }
            return !state.watchdogWaits
        }
        guard mustEnqueue else { return }
        queue.async { [self] in
            state.withLock { $0.watchdogWaits = false }
            send?(.watchdog)
        }
    }

    /// A reload begins; `ready(status:)` ends it.
    package func reloading() {
        enqueue(.reloading(monotonic: .monotonicNow))
    }

    /// The stop begins.
    package func stopping(status: String) {
        let text = remember(status)
        state.withLock { $0.isStopping = true }
        enqueue(NotifyMessage.stopping.addingStatus(text))
    }

    /// A long step of start, reload or stop is under way: at least `time` more, please. To be repeated while it lasts.
    package func extendTimeout(by time: Duration) {
        enqueue(.extendTimeout(by: time))
    }

    /// Waits until what was handed over has left, at most `limit`; for the last moment of a process.
    ///
    /// - Returns: whether all of it left.
    @discardableResult
    package func flush(within limit: Duration = .seconds(1)) -> Bool {
        guard send != nil else { return true }
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        return done.wait(timeout: .now() + .microseconds(Int(limit.microseconds))) == .success
    }

    private func remember(_ status: String) -> String {
        let line = OneLine.text(status, maximumBytes: NotifyMessage.maximumStatusBytes)
        state.withLock { state in
            state.status = line
            state.waitingStatus = nil
        }
        return line
    }

    private func enqueue(_ message: NotifyMessage) {
        guard let send else { return }
        queue.async { send(message) }
    }
}

extension Duration {
    /// CLOCK_MONOTONIC, which systemd reads too.
    static var monotonicNow: Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
