import CCurl
import Dispatch
import Glibc
import Model
import Synchronization

/// One mail on its way: a handle and a connection of its own, used on one thread that may block.
final class MailSession: Sendable {
    private struct State {
        var talk = MailTalk()
        var sent = 0
        var isCancelled = false
        var isLate = false
        var lacksLogin = false
        var deadline: ContinuousClock.Instant
    }

    private let order: MailOrder
    private let files: ConnectionFiles
    private let sockets = MailSockets()
    private let state: Mutex<State>

    /// What the server may take to say goodbye: nobody waits for that.
    private static let farewell = DispatchTimeInterval.seconds(5)
    /// `CURLOPT_MAIL_RCPT_ALLLOWFAILS`, spelt so up to libcurl 8.1 and with one L less later.
    private static let allowsRefusedRecipients = CURLoption(rawValue: 290)

    init(_ order: MailOrder, files: ConnectionFiles) {
        self.order = order
        self.files = files
        state = Mutex(State(deadline: ContinuousClock.now + order.connection.timeout))
    }

    func cancel() {
        state.withLock { $0.isCancelled = true }
        sockets.shutDown()
    }

    /// - Parameter report: called once, before QUIT is sent; with nil if the session was cancelled.
    func run(_ report: (MailOutcome?) -> Void) {
        CurlLibrary.initialise()
        Self.ignorePipeSignals()
        guard !state.withLock({ $0.isCancelled }) else { return report(nil) }
        guard let easy = curl_easy_init() else {
            return report(MailOutcome(talk: MailTalk(), failure: .transport(.cannotStart)))
        }
        let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        defer { errorText.deallocate() }
        var recipients: UnsafeMutablePointer<curl_slist>?
        for recipient in order.recipients { recipients = curl_slist_append(recipients, recipient) ?? recipients }
        defer { curl_slist_free_all(recipients) }

        let handle = MailHandle(easy)
        handle.setUp(order, files: files, recipients: recipients, allowsRefused: Self.allowsRefusedRecipients)
        handle.install(self, errorText: errorText)
        let code = handle.refusal == CURLE_OK ? curl_easy_perform(easy) : handle.refusal
        let outcome = outcome(code, easy: easy, detail: String(cString: errorText))
        if outcome == nil {
            // Its sockets are shut: this waits for nothing, and must be over before the process ends.
            curl_easy_cleanup(easy)
            return report(nil)
        }
        report(outcome)
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.farewell) { [sockets] in sockets.shutDown() }
        curl_easy_cleanup(easy)
    }

    /// OpenSSL writes to a closed socket with SIGPIPE raised; on this thread it is only an error code.
    private static func ignorePipeSignals() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    // MARK: - What came of it

    private func outcome(_ code: CURLcode, easy: UnsafeMutableRawPointer, detail: String) -> MailOutcome? {
        let state = state.withLock { $0 }
        let talk = state.talk
        // The mail's own reply stands, whatever came behind it.
        if talk.reply(to: .mail) != nil { return MailOutcome(talk: talk) }
        if state.isCancelled { return nil }
        if state.lacksLogin { return MailOutcome(talk: talk, failure: .noLogin) }
        if state.isLate { return MailOutcome(talk: talk, failure: .transport(late(talk))) }
        if code == CURLE_OK {
            let hasLogin = order.login == nil || talk.reply(to: .login) != nil
            return MailOutcome(talk: talk, failure: hasLogin ? nil : .noLogin)
        }
        if let last = talk.replies.last(where: { $0.step != .other }), !last.isGood {
            return MailOutcome(talk: talk, failure: .refused)
        }
        switch code {
        case CURLE_USE_SSL_FAILED: return MailOutcome(talk: talk, failure: .noTLS)
        case CURLE_LOGIN_DENIED: return MailOutcome(talk: talk, failure: .noLogin)
        default: break
        }
        var verification = 0
        _ = polarai_easy_get_long(easy, CURLINFO_SSL_VERIFYRESULT, &verification)
        var proxyStatus = 0
        _ = polarai_easy_get_long(easy, CURLINFO_HTTP_CONNECTCODE, &proxyStatus)
        let error = CurlFailure(
            code: code, detail: detail, url: order.url, options: order.connection, proxyStatus: proxyStatus, status: 0,
            verification: verification, wasSent: false, hasHead: false, excess: nil, wasSentTwice: false,
            areDescriptorsExhausted: Descriptors.areExhausted
        ).error
        return MailOutcome(talk: talk, failure: .transport(error))
    }

    private func late(_ talk: MailTalk) -> TransportError {
        let host = URLText.origin(of: order.url)
        if talk.isMailUnanswered {
            let limit = DurationText.write(order.answerLimit)
            return TransportError(.timeout, "\(host) received the mail but did not confirm it within \(limit)")
        }
        let limit = DurationText.write(order.connection.timeout)
        return TransportError(
            .timeout,
            talk.replies.isEmpty
                ? "\(host) did not greet within \(limit)" : "\(host) did not take the mail within \(limit)")
    }

    // MARK: - Callbacks

    /// - Returns: whether the transfer goes on.
    func mayGoOn() -> Bool {
        let goesOn = state.withLock { state in
            if ContinuousClock.now >= state.deadline { state.isLate = true }
            return !state.isLate && !state.isCancelled
        }
        if !goesOn { sockets.shutDown() }
        return goesOn
    }

    func opened(_ socket: Int32) { sockets.opened(socket) }

    func close(_ socket: Int32) -> Int32 { sockets.close(socket) }

    func note(command: UnsafeRawBufferPointer) {
        let lacksLogin = state.withLock { state in
            state.talk.note(command: command)
            // libcurl goes on without a login where none is offered.
            if order.login != nil, state.talk.step == .sender, state.talk.reply(to: .login) == nil {
                state.lacksLogin = true
            }
            return state.lacksLogin
        }
        if lacksLogin { sockets.shutDown() }
    }

    func note(reply: UnsafeRawBufferPointer) {
        state.withLock { state in
            let step = state.talk.step
            state.talk.note(reply: reply)
            if step != .mail, state.talk.step == .mail {
                // Handing the mail over has its own time, too, and so has the answer.
                state.deadline = ContinuousClock.now + order.connection.timeout + order.answerLimit
            }
        }
    }

    /// The next bytes of the mail.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let mail = order.mail ?? []
        return state.withLock { state in
            let count = min(buffer.count, mail.count - state.sent)
            guard count > 0 else { return 0 }
            mail[state.sent..<(state.sent + count)].withUnsafeBytes { buffer.copyMemory(from: $0) }
            state.sent += count
            return count
        }
    }
}
