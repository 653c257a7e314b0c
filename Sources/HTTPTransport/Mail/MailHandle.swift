import CCurl
import Model

/// The options of a mail's easy handle.
final class MailHandle {
    private let easy: UnsafeMutableRawPointer
    /// The first option that libcurl refused.
    private(set) var refusal: CURLcode = CURLE_OK

    init(_ easy: UnsafeMutableRawPointer) {
        self.easy = easy
    }

    func setUp(
        _ order: MailOrder, files: ConnectionFiles, recipients: UnsafeMutablePointer<curl_slist>?,
        allowsRefused: CURLoption
    ) {
        let address = WebAddress(order.url)
        let isLoopback = address?.isLoopback ?? false
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        set(CURLOPT_URL, Self.url(address, hello: order.hello ?? MailHello.name()))
        // ALL refuses to go on unencrypted; TRY would do so without a word, and is for this host only.
        set(CURLOPT_USE_SSL, isLoopback ? Int(CURLUSESSL_TRY.rawValue) : Int(CURLUSESSL_ALL.rawValue))
        for (option, value) in TLSOptions.numbers { set(option, value) }
        for (option, path) in TLSOptions.paths(files) { set(option, path) }
        setProxy(isLoopback ? .none : order.connection.proxy)
        // Greeting and login count as connecting, and servers delay their greeting on purpose.
        set(
            CURLOPT_CONNECTTIMEOUT_MS,
            Int(max(1, min(order.connection.timeout.wholeMilliseconds, 2_000_000_000))))
        // Beyond what is measured here: libcurl's own limit is for the case that it does not ask.
        let longest = (order.answerLimit + order.connection.timeout).components.seconds
        set(CURLOPT_SERVER_RESPONSE_TIMEOUT, Int(min(longest + 60, 86_400)))
        if let login = order.login {
            set(CURLOPT_USERNAME, login.username)
            set(CURLOPT_PASSWORD, login.password)
        }
        guard let mail = order.mail else {
            set(CURLOPT_CONNECT_ONLY, 1)
            return
        }
        set(CURLOPT_MAIL_FROM, order.sender)
        note(polarai_easy_set_list(easy, CURLOPT_MAIL_RCPT, recipients))
        set(allowsRefused, 1)
        set(CURLOPT_UPLOAD, 1)
        note(polarai_easy_set_offset(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(mail.count)))
    }

    /// The path is what libcurl greets the server with.
    private static func url(_ address: WebAddress?, hello: String) -> String? {
        guard let address else { return nil }
        let host = address.host.contains(":") ? "[\(address.host)]" : address.host
        let port = address.port ?? (address.scheme == "smtps" ? 465 : 587)
        return "\(address.scheme)://\(host):\(port)/\(PercentEncoding.encode(hello))"
    }

    private func setProxy(_ proxy: ProxyChoice) {
        switch proxy {
        case .environment: break
        case .none:
            set(CURLOPT_PROXY, "")
            set(CURLOPT_NOPROXY, "*")
        case .url(let url):
            set(CURLOPT_PROXY, url)
            set(CURLOPT_NOPROXY, "")
        }
    }

    /// - Parameter session: outlives the handle.
    func install(_ session: MailSession, errorText: UnsafeMutablePointer<CChar>) {
        let context = Unmanaged.passUnretained(session).toOpaque()
        for option in [
            CURLOPT_READDATA, CURLOPT_DEBUGDATA, CURLOPT_XFERINFODATA, CURLOPT_SOCKOPTDATA, CURLOPT_CLOSESOCKETDATA,
        ] { note(polarai_easy_set_pointer(easy, option, context)) }
        note(polarai_easy_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText))
        note(
            polarai_easy_set_data_callback(easy, CURLOPT_READFUNCTION) { data, size, count, context in
                MailHandle.session(context)?.read(into: UnsafeMutableRawBufferPointer(start: data, count: size * count))
                    ?? 0
            })
        // What libcurl writes is nothing that is wanted: it must not go to standard output.
        note(polarai_easy_set_data_callback(easy, CURLOPT_WRITEFUNCTION) { _, size, count, _ in size * count })
        set(CURLOPT_VERBOSE, 1)
        note(
            polarai_easy_set_debug_callback(easy) { _, kind, data, size, context in
                let bytes = UnsafeRawBufferPointer(start: data, count: size)
                switch kind {
                case CURLINFO_HEADER_OUT: MailHandle.session(context)?.note(command: bytes)
                case CURLINFO_HEADER_IN: MailHandle.session(context)?.note(reply: bytes)
                default: break
                }
                return 0
            })
        set(CURLOPT_NOPROGRESS, 0)
        note(
            polarai_easy_set_progress_callback(easy) { context, _, _, _, _ in
                MailHandle.session(context)?.mayGoOn() == false ? 1 : 0
            })
        note(
            polarai_easy_set_opened_callback(easy) { context, socket, _ in
                MailHandle.session(context)?.opened(socket)
                return CURL_SOCKOPT_OK
            })
        note(
            polarai_easy_set_close_callback(easy) { context, socket in
                MailHandle.session(context)?.close(socket) ?? -1
            })
    }

    private static func session(_ context: UnsafeMutableRawPointer?) -> MailSession? {
        context.map { Unmanaged<MailSession>.fromOpaque($0).takeUnretainedValue() }
    }

    private func set(_ option: CURLoption, _ value: Int) {
        note(polarai_easy_set_long(easy, option, value))
    }

    private func set(_ option: CURLoption, _ text: String?) {
        if let text {
            note(text.withCString { polarai_easy_set_text(easy, option, $0) })
        } else {
            note(polarai_easy_set_text(easy, option, nil))
        }
    }

    private func note(_ code: CURLcode) {
        if refusal == CURLE_OK { refusal = code }
    }
}
