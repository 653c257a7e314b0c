import CCurl
import Foundation

/// The thread that drives all transfers on one multi handle.
///
/// Unchecked: the multi handle, the transfers and the queue are touched by the thread in `run()` only; `inbox` guards
/// itself. `curl_multi_wakeup` alone is called from other threads, which libcurl allows, and `TicketInbox` never calls it
/// once it is closed.
final class CurlLoop: @unchecked Sendable {
    let inbox: TicketInbox

    /// Nil only where memory ran out at the very start; every request then fails.
    private let multi: UnsafeMutableRawPointer?
    private let settings: CurlSettings
    private var active: [Transfer] = []
    private var idle: [Transfer] = []
    private var waiting = TicketQueue()

    /// Handles kept for later requests; the rest of a burst is released.
    private static let idleTransfersKept = 64
    private static let idlePollMilliseconds: Int32 = 60_000

    init(_ settings: CurlSettings) {
        CurlLibrary.initialise()
        self.settings = settings
        multi = curl_multi_init()
        // As an integer, because a raw pointer is not Sendable.
        let address = UInt(bitPattern: multi)
        inbox = TicketInbox {
            if let multi = UnsafeMutableRawPointer(bitPattern: address) { _ = curl_multi_wakeup(multi) }
        }
        if let multi { _ = polarai_multi_set_long(multi, CURLMOPT_MAXCONNECTS, settings.maximumConcurrentRequests) }
    }

    func run() {
        // OpenSSL writes to a closed socket with SIGPIPE raised; on this thread it is only an error code.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)

        while true {
            let batch = inbox.take()
            if batch.isClosed { return end(batch) }
            if batch.isEmpty {
                poll()
                inbox.loopIsAwake()
            }
            for ticket in batch.arrivals { waiting.append(ticket) }
            for ticket in batch.cancellations { cancel(ticket) }
            startWaiting()
            perform()
        }
    }

    private func poll() {
        let code = curl_multi_poll(multi, nil, 0, Self.idlePollMilliseconds, nil)
        // Out of memory or descriptors: not a reason to spin.
        if code != CURLM_OK { usleep(20_000) }
    }

    private func startWaiting() {
        while active.count < settings.maximumConcurrentRequests, let ticket = waiting.removeFirst() {
            // Cancelled while it waited.
            guard ticket.phase == .queued else { continue }
            start(ticket)
        }
    }

    private func start(_ ticket: Ticket) {
        guard let multi, let transfer = idle.popLast() ?? Transfer(settings) else {
            return inbox.finish(ticket, .failure(.outOfMemory))
        }
        if let refusal = transfer.prepare(ticket) {
            recycle(transfer)
            return inbox.finish(ticket, .failure(refusal))
        }
        guard curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else {
            recycle(transfer)
            return inbox.finish(ticket, .failure(.outOfMemory))
        }
        transfer.index = active.count
        active.append(transfer)
        ticket.transfer = transfer
    }

    private func perform() {
        var running: Int32 = 0
        _ = curl_multi_perform(multi, &running)
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let transfer = Transfer.of(easy)
            else { continue }
            let code = polarai_message_result(message)
            let ticket = transfer.ticket
            let outcome = transfer.outcome(code)
            remove(transfer)
            if let ticket { inbox.finish(ticket, outcome) }
        }
        // A slot became free for somebody who waits.
        if waiting.isEmpty == false, active.count < settings.maximumConcurrentRequests { startWaiting() }
    }

    private func cancel(_ ticket: Ticket) {
        if let transfer = ticket.transfer { remove(transfer) }
        inbox.finish(ticket, .failure(.cancelled))
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

    /// Resumes everybody and releases what libcurl holds; nothing can be handed in any more.
    private func end(_ batch: TicketInbox.Batch) {
        for ticket in batch.arrivals { waiting.append(ticket) }
        while let transfer = active.last {
            let ticket = transfer.ticket
            remove(transfer)
            if let ticket { inbox.finish(ticket, .failure(.shutDown)) }
        }
        while let ticket = waiting.removeFirst() { inbox.finish(ticket, .failure(.shutDown)) }
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
    private static let once: CURLcode = curl_global_init(Int(CURL_GLOBAL_ALL))

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

extension TransportError {
    static let outOfMemory = TransportError(.other, "libcurl cannot start a request: out of memory")
}
