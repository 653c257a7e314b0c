import CCurl
import Files
import Foundation

/// Drives all transfers on one multi handle, on the thread that it is made on. Others reach it through the inbox; libcurl
/// calls back from within our calls to it.
final class CurlLoop {
    private let inbox: TicketInbox
    private let executor: CurlExecutor

    /// Nil only where memory or descriptors ran out at the very start; every request then fails.
    private let multi: UnsafeMutableRawPointer?
    private let sockets: SocketWatch?
    private let settings: CurlSettings
    private var active: [Transfer] = []
    private var idle: [Transfer] = []
    private var waiting = TicketQueue()
    private var jobs: [UnownedJob] = []
    /// When libcurl wants to be called though no socket is ready; in nanoseconds of the monotonic clock.
    private var timer: UInt64?
    /// The system's certificates as they were when they were last looked at.
    private var trustStamp = CurlLibrary.trust.file.flatMap { FileStamp($0) }
    /// Until when they are parsed anew for a connection, because they have changed since libcurl parsed them.
    private var renewsTrustUntil: UInt64 = 0

    /// Handles kept for later requests; the rest of a burst is released.
    private static let idleTransfersKept = 64
    private static let longestWait: UInt64 = 60_000
    /// In nanoseconds. Longer than the pause before a failed request is tried again.
    private static let renewal: UInt64 = 60_000_000_000
    /// Rounds of jobs after which the transfers have their turn, however many jobs call for another.
    private static let mostRoundsOfJobs = 16

    init(_ start: LoopThread.Start) {
        CurlLibrary.initialise()
        settings = start.settings
        inbox = start.inbox
        executor = start.executor
        sockets = SocketWatch(start.alarm)
        multi = sockets == nil ? nil : curl_multi_init()
        if let multi { setUp(multi) }
    }

    private func setUp(_ multi: UnsafeMutableRawPointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = polarai_multi_set_long(multi, CURLMOPT_MAXCONNECTS, settings.maximumConcurrentRequests)
        _ = polarai_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, context)
        _ = polarai_multi_set_pointer(multi, CURLMOPT_TIMERDATA, context)
        _ = polarai_multi_set_socket_callback(multi) { _, socket, what, context, _ in
            CurlLoop.of(context)?.watch(socket, what)
            // A socket that cannot be watched costs its transfer the time limit; anything but 0 would cost all of them.
            return 0
        }
        _ = polarai_multi_set_timer_callback(multi) { _, milliseconds, context in
            CurlLoop.of(context)?.setTimer(milliseconds)
            return 0
        }
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> CurlLoop? {
        context.map { Unmanaged<CurlLoop>.fromOpaque($0).takeUnretainedValue() }
    }

    func run() {
        // OpenSSL writes to a closed socket with SIGPIPE raised; on this thread it is only an error code.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)

        while true {
            runJobs()
            let batch = inbox.take()
            for ticket in batch.arrivals { waiting.append(ticket) }
            for ticket in batch.cancellations { cancel(ticket) }
            if batch.isClosed { giveUpAll() }
            if batch.isReleased { return end() }
            startWaiting()
            if isTimerDue {
                act(on: polarai_socket_timeout, 0)
                collect()
            }
            guard inbox.maySleep() else { continue }
            sleep()
            inbox.loopIsAwake()
            collect()
        }
    }

    private func runJobs() {
        for _ in 0..<Self.mostRoundsOfJobs {
            inbox.takeJobs(into: &jobs)
            if jobs.isEmpty { return }
            executor.run(jobs)
        }
    }

    private func sleep() {
        guard let sockets else {
            // Nothing can be sent, and no reason to spin.
            usleep(20_000)
            return
        }
        let milliseconds = timer.map { timer -> UInt64 in
            let now = Self.now
            // Rounded up, or the last fraction of a millisecond would be spent asking.
            return timer > now ? (timer - now + 999_999) / 1_000_000 : 0
        }
        sockets.wait(milliseconds: Int32(min(milliseconds ?? Self.longestWait, Self.longestWait))) { ready in
            act(
                on: ready.socket,
                (ready.isReadable ? CURL_CSELECT_IN : 0) | (ready.isWritable ? CURL_CSELECT_OUT : 0)
                    | (ready.hasFailed ? CURL_CSELECT_ERR : 0))
        }
    }

    private func act(on socket: curl_socket_t, _ events: Int32) {
        var running: Int32 = 0
        // It lasts until libcurl sets it again.
        if socket == polarai_socket_timeout { timer = nil }
        _ = curl_multi_socket_action(multi, socket, events, &running)
    }

    private static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private var isTimerDue: Bool { timer.map { $0 <= Self.now } ?? false }

    private func setTimer(_ milliseconds: Int) {
        let (wait, isEndless) = UInt64(max(0, milliseconds)).multipliedReportingOverflow(by: 1_000_000)
        timer = milliseconds < 0 || isEndless ? nil : milliseconds == 0 ? 0 : Self.now &+ wait
    }

    private func watch(_ socket: curl_socket_t, _ what: Int32) {
        sockets?.watch(
            socket, readable: what == CURL_POLL_IN || what == CURL_POLL_INOUT,
            writable: what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
    }

    private func startWaiting() {
        while active.count < settings.maximumConcurrentRequests, let ticket = waiting.removeFirst() {
            // Cancelled while it waited.
            guard ticket.isQueued else { continue }
            start(ticket)
        }
    }

    private func start(_ ticket: Ticket) {
        guard let multi, let sockets, let transfer = idle.popLast() ?? Transfer(settings, sockets: sockets) else {
            return ticket.finish(.failure(.cannotStart))
        }
        if let refusal = transfer.prepare(ticket, renewsTrust: renewsTrust) {
            recycle(transfer)
            return ticket.finish(.failure(refusal))
        }
        guard curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else {
            recycle(transfer)
            return ticket.finish(.failure(.cannotStart))
        }
        transfer.index = active.count
        active.append(transfer)
    }

    /// Answers those whose transfers are over.
    private func collect() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let transfer = Transfer.of(easy)
            else { continue }
            let code = polarai_message_result(message)
            if code == CURLE_PEER_FAILED_VERIFICATION { lookAtTrust() }
            let ticket = transfer.ticket
            let outcome = transfer.outcome(code)
            remove(transfer)
            if let ticket { ticket.finish(outcome) }
        }
        // A slot became free for somebody who waits.
        if waiting.isEmpty == false, active.count < settings.maximumConcurrentRequests { startWaiting() }
    }

    private var renewsTrust: Bool { renewsTrustUntil != 0 && Self.now < renewsTrustUntil }

    /// A certificate could not be verified: those of the system may have been replaced.
    private func lookAtTrust() {
        let stamp = CurlLibrary.trust.file.flatMap { FileStamp($0) }
        guard stamp != trustStamp else { return }
        trustStamp = stamp
        renewsTrustUntil = Self.now + Self.renewal
    }

    private func cancel(_ ticket: Ticket) {
        if let transfer = active.first(where: { $0.ticket === ticket }) { remove(transfer) }
        ticket.finish(.failure(.cancelled))
    }

    private func remove(_ transfer: Transfer) {
        _ = curl_multi_remove_handle(multi, transfer.easy)
        let last = active.removeLast()
        if last !== transfer {
            last.index = transfer.index
            active[transfer.index] = last
        }
        recycle(transfer)
    }

    private func recycle(_ transfer: Transfer) {
        transfer.clear()
        if idle.count < Self.idleTransfersKept { idle.append(transfer) }
    }

    private func giveUpAll() {
        while let transfer = active.last {
            let ticket = transfer.ticket
            remove(transfer)
            if let ticket { ticket.finish(.failure(.shutDown)) }
        }
        while let ticket = waiting.removeFirst() { ticket.finish(.failure(.shutDown)) }
    }

    /// Releases what libcurl holds; nothing can be handed in any more.
    private func end() {
        idle = []
        if let multi { _ = curl_multi_cleanup(multi) }
    }
}

/// First in, first out, without moving what waits.
private struct TicketQueue {
    private var tickets: [Ticket] = []
    private var head = 0

    var isEmpty: Bool { head == tickets.count }

    mutating func append(_ ticket: Ticket) {
        tickets.append(ticket)
    }

    mutating func removeFirst() -> Ticket? {
        guard head < tickets.count else { return nil }
        defer {
            head += 1
            if head == tickets.count {
                tickets.removeAll(keepingCapacity: true)
                head = 0
            } else if head > 1024, head * 2 > tickets.count {
                tickets.removeFirst(head)
                head = 0
            }
        }
        return tickets[head]
    }
}

/// libcurl's own process-wide state.
enum CurlLibrary {
    private static let once: CURLcode = {
        polarai_keep_tls_at_exit()
        return curl_global_init(Int(CURL_GLOBAL_ALL))
    }()

    static func initialise() {
        _ = once
    }

    /// The trust that libcurl was built with: a bundle of certificates, or a folder of them.
    static let trust: (file: String?, folder: String?) = {
        initialise()
        guard let info = polarai_version_info() else { return (nil, nil) }
        return (info.pointee.cainfo.map { String(cString: $0) }, info.pointee.capath.map { String(cString: $0) })
    }()
}
