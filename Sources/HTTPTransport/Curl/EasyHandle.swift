import CCurl
import Model

/// The options of one easy handle; what two requests have in common is set once.
struct EasyHandle {
    private let easy: UnsafeMutableRawPointer
    private var options: ConnectionOptions?
    private var files = ConnectionFiles()
    private var isDirect = false
    private var trustCacheAge = Self.longestTrustCacheAge
    private var acceptsGzip: Bool?
    private var method: HTTPMethod?
    private var holdsBody = false
    /// The first option that libcurl refused.
    private var refusal: CURLcode = CURLE_OK

    /// Certificates are parsed again after this many seconds, so that a changed file is seen.
    private static let longestTrustCacheAge = 300
    /// Over TLS libcurl copies even the headers of a request to a buffer of this size, taken anew for each request: 64 kB
    /// by itself, which is 3 MB with 50 requests at once. The least that it takes.
    private static let sendBuffer = 16 * 1024
    private static let emptyBody: StaticString = ""

    init(_ easy: UnsafeMutableRawPointer) {
        self.easy = easy
    }

    /// What holds for every request.
    mutating func setUp(_ settings: CurlSettings) {
        set(CURLOPT_NOSIGNAL, 1)
        // A resolver that does not answer must not hold up the loop when its request is given up.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        for (option, value) in TLSOptions.numbers { set(option, value) }
        set(CURLOPT_CA_CACHE_TIMEOUT, trustCacheAge)
        set(CURLOPT_UPLOAD_BUFFERSIZE, Self.sendBuffer)
        set(CURLOPT_MAXAGE_CONN, settings.maximumIdleAge)
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_USERAGENT, settings.userAgent)
    }

    /// Sets what this request needs and the last one did not.
    ///
    /// - Parameters:
    ///   - files: what its connection's certificate files hold.
    ///   - renewsTrust: whether certificates that libcurl parsed a second ago are to be parsed again.
    /// - Returns: why it cannot be sent, or nil.
    mutating func apply(
        _ request: HTTPRequest, files: ConnectionFiles, renewsTrust: Bool,
        headers: UnsafeMutablePointer<curl_slist>?
    ) -> TransportError? {
        let isDirect = request.connection.proxy != .none && URLText.isOnThisHost(request.url)
        if options != request.connection || self.files != files || self.isDirect != isDirect {
            // Held as long as libcurl knows their paths.
            self.files = files
            apply(request.connection, isDirect: isDirect)
            options = request.connection
            self.isDirect = isDirect
        }
        let trustCacheAge = renewsTrust ? 1 : Self.longestTrustCacheAge
        if self.trustCacheAge != trustCacheAge {
            set(CURLOPT_CA_CACHE_TIMEOUT, trustCacheAge)
            self.trustCacheAge = trustCacheAge
        }
        if acceptsGzip != request.acceptsGzip {
            set(CURLOPT_ACCEPT_ENCODING, request.acceptsGzip ? "gzip" : nil)
            acceptsGzip = request.acceptsGzip
        }
        if method != request.method {
            apply(request.method)
            method = request.method
        }
        if request.method != .get, !request.body.isEmpty { setBody(request.body) }
        set(CURLOPT_URL, request.url)
        note(polarai_easy_set_list(easy, CURLOPT_HTTPHEADER, headers))
        guard refusal != CURLE_OK else { return nil }
        return TransportError(
            .invalidRequest, "libcurl refuses the request: \(String(cString: curl_easy_strerror(refusal)))")
    }

    /// Lets go of the copy of a request's body.
    mutating func forgetBody() {
        if holdsBody { setEmptyBody() }
    }

    /// - Parameter isDirect: whether the address is on this host: a proxy elsewhere would connect to itself, and what is
    ///   signed would leave the host in the clear.
    private mutating func apply(_ options: ConnectionOptions, isDirect: Bool) {
        set(CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeout.curlMilliseconds)
        set(CURLOPT_TIMEOUT_MS, options.timeout.curlMilliseconds)
        set(CURLOPT_LOW_SPEED_LIMIT, options.lowSpeedLimit)
        set(CURLOPT_LOW_SPEED_TIME, max(1, options.lowSpeedTime.curlMilliseconds / 1000))
        for (option, path) in TLSOptions.paths(files) { set(option, path) }
        set(CURLOPT_UNIX_SOCKET_PATH, options.unixSocket)
        switch options.unixSocket == nil && !isDirect ? options.proxy : .none {
        case .environment:
            set(CURLOPT_PROXY, nil)
            set(CURLOPT_NOPROXY, nil)
        case .none:
            set(CURLOPT_PROXY, "")
            set(CURLOPT_NOPROXY, "*")
        case .url(let url):
            set(CURLOPT_PROXY, url)
            set(CURLOPT_NOPROXY, "")
        }
    }

    private mutating func apply(_ method: HTTPMethod) {
        if method == .get {
            set(CURLOPT_HTTPGET, 1)
        } else {
            set(CURLOPT_POST, 1)
            setEmptyBody()
        }
        set(CURLOPT_CUSTOMREQUEST, method == .put || method == .delete ? method.rawValue : nil)
    }

    private mutating func setBody(_ body: [UInt8]) {
        note(polarai_easy_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
        body.withUnsafeBytes { note(polarai_easy_set_bytes(easy, CURLOPT_COPYPOSTFIELDS, $0.baseAddress)) }
        holdsBody = true
    }

    /// Empty rather than none: libcurl would read a body from standard input.
    private mutating func setEmptyBody() {
        note(polarai_easy_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, 0))
        note(polarai_easy_set_bytes(easy, CURLOPT_POSTFIELDS, Self.emptyBody.utf8Start))
        holdsBody = false
    }

    private mutating func set(_ option: CURLoption, _ value: Int) {
        note(polarai_easy_set_long(easy, option, value))
    }

    private mutating func set(_ option: CURLoption, _ text: String?) {
        if let text {
            note(text.withCString { polarai_easy_set_text(easy, option, $0) })
        } else {
            note(polarai_easy_set_text(easy, option, nil))
        }
    }

    private mutating func note(_ code: CURLcode) {
        if refusal == CURLE_OK { refusal = code }
    }
}

extension Duration {
    /// At least 1, because 0 means no limit or a default to libcurl, and no more than a 32-bit time takes.
    fileprivate var curlMilliseconds: Int {
        Int(min(max(wholeMilliseconds, 1), 2_000_000_000))
    }
}
