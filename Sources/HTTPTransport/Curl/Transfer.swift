import CCurl
import Foundation

/// One easy handle with its buffers, used for one request after another, on the loop's thread only.
final class Transfer {
    let easy: UnsafeMutableRawPointer
    private(set) var ticket: Ticket?
    /// Its place among the loop's active transfers.
    var index = 0

    private let errorText: UnsafeMutablePointer<CChar>
    private var headerList = HeaderList()
    private var handle: EasyHandle
    private var body: [UInt8] = []
    private var headerBlock: [UInt8] = []
    private var maximumBodySize = 0
    private var excess: Excess?
    /// Whether the status line of the answer has come.
    private var hasStatus = false
    /// Whether all headers of the answer have come.
    private var hasHead = false
    private var sendings = 0

    /// More than any honest server sends.
    private static let maximumHeaderSize = 64 * 1024
    /// Buffers that grew beyond this are not kept.
    private static let keptBufferSize = 64 * 1024

    /// What of an answer was larger than it may be.
    enum Excess {
        case headers
        case body(limit: Int)
    }

    /// - Parameter sockets: what is to hear of the connections that it opens; outlives them.
    init?(_ settings: CurlSettings, sockets: SocketWatch) {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        handle = EasyHandle(easy)
        handle.setUp(settings)
        installCallbacks()
        announceConnections(to: sockets)
    }

    deinit {
        curl_easy_cleanup(easy)
        errorText.deallocate()
    }

    /// The transfer that owns an easy handle.
    static func of(_ easy: UnsafeMutableRawPointer) -> Transfer? {
        var pointer: UnsafeMutableRawPointer?
        _ = polarai_easy_get_pointer(easy, CURLINFO_PRIVATE, &pointer)
        return pointer.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Sets the handle up for a request.
    ///
    /// - Parameter renewsTrust: whether certificates that libcurl parsed a second ago are to be parsed again.
    /// - Returns: why it cannot be sent, or nil.
    func prepare(_ ticket: Ticket, renewsTrust: Bool) -> TransportError? {
        let request = ticket.request
        self.ticket = ticket
        maximumBodySize = request.maximumBodySize
        errorText[0] = 0
        guard URLText.isSendable(request.url) else {
            return TransportError(.invalidRequest, "the URL is not http:// or https://, or holds white space")
        }
        guard let list = headerList.fill(request) else {
            return TransportError(
                .invalidRequest, "a header name or value contains a line break or is not a valid header name")
        }
        return handle.apply(request, files: ticket.files, renewsTrust: renewsTrust, headers: list)
    }

    /// Ready for the next request; nothing of this one is kept.
    func clear() {
        ticket = nil
        excess = nil
        hasStatus = false
        hasHead = false
        sendings = 0
        body.removeAll(keepingCapacity: body.capacity <= Self.keptBufferSize)
        headerBlock.removeAll(keepingCapacity: true)
        handle.forgetBody()
    }

    /// What came of it, once libcurl is done with it.
    func outcome(_ code: CURLcode) -> Ticket.Outcome {
        guard code == CURLE_OK || isVerdict else { return .failure(failure(code)) }
        var status = 0
        var microseconds: curl_off_t = 0
        _ = polarai_easy_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        _ = polarai_easy_get_offset(easy, CURLINFO_TOTAL_TIME_T, &microseconds)
        return .success(
            HTTPResponse(
                status: status, headers: HTTPHeaders(block: headerBlock.exactCopy), body: body.exactCopy,
                duration: .microseconds(Int64(microseconds))))
    }

    /// Whether the status has come and nothing else is asked for.
    private var isVerdict: Bool {
        guard hasStatus, let request = ticket?.request else { return false }
        return request.statusDecides || request.decidingStatus == number(CURLINFO_RESPONSE_CODE)
    }

    private func failure(_ code: CURLcode) -> TransportError {
        CurlFailure(
            code: code, detail: String(cString: errorText), url: ticket?.request.url ?? "",
            options: ticket?.request.connection ?? ConnectionOptions(),
            proxyStatus: number(CURLINFO_HTTP_CONNECTCODE), status: number(CURLINFO_RESPONSE_CODE),
            verification: number(CURLINFO_SSL_VERIFYRESULT), wasSent: sendings > 0, hasHead: hasHead, excess: excess,
            wasSentTwice: sendings > 1, areDescriptorsExhausted: Descriptors.areExhausted
        ).error
    }

    private func number(_ info: CURLINFO) -> Int {
        var value = 0
        _ = polarai_easy_get_long(easy, info, &value)
        return value
    }

    // MARK: Callbacks

    private func installCallbacks() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = polarai_easy_set_pointer(easy, CURLOPT_PRIVATE, context)
        _ = polarai_easy_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        _ = polarai_easy_set_pointer(easy, CURLOPT_WRITEDATA, context)
        _ = polarai_easy_set_pointer(easy, CURLOPT_HEADERDATA, context)
        _ = polarai_easy_set_pointer(easy, CURLOPT_PREREQDATA, context)
        _ = polarai_easy_set_data_callback(easy, CURLOPT_WRITEFUNCTION) { data, size, count, context in
            Transfer.with(context) { $0.receiveBody(UnsafeRawBufferPointer(start: data, count: size * count)) } ?? 0
        }
        _ = polarai_easy_set_data_callback(easy, CURLOPT_HEADERFUNCTION) { data, size, count, context in
            Transfer.with(context) { $0.receiveHeader(UnsafeRawBufferPointer(start: data, count: size * count)) } ?? 0
        }
        _ = polarai_easy_set_prereq_callback(easy) { context, _, _, _, _ in
            Transfer.with(context) { $0.maySend() } == true ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
    }

    private func announceConnections(to sockets: SocketWatch) {
        let context = Unmanaged.passUnretained(sockets).toOpaque()
        _ = polarai_easy_set_pointer(easy, CURLOPT_SOCKOPTDATA, context)
        _ = polarai_easy_set_pointer(easy, CURLOPT_CLOSESOCKETDATA, context)
        _ = polarai_easy_set_opened_callback(easy) { context, socket, _ in
            context.map { Unmanaged<SocketWatch>.fromOpaque($0).takeUnretainedValue().noteConnection(socket) }
            return CURL_SOCKOPT_OK
        }
        _ = polarai_easy_set_close_callback(easy) { context, socket in
            context.map { Unmanaged<SocketWatch>.fromOpaque($0).takeUnretainedValue().closeConnection(socket) }
                ?? close(socket)
        }
    }

    private static func with<Value>(_ context: UnsafeMutableRawPointer?, _ body: (Transfer) -> Value) -> Value? {
        context.map { body(Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue()) }
    }

    /// - Returns: the number of bytes taken; libcurl ends the transfer if that is not all of them.
    private func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count <= maximumBodySize - body.count else {
            excess = .body(limit: maximumBodySize)
            if isVerdict { body.append(contentsOf: bytes.prefix(maximumBodySize - body.count)) }
            return 0
        }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    private func receiveHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
        // Each answer begins with a status line: what an interim answer (100) said is not the answer's.
        if bytes.starts(with: "HTTP/".utf8) { headerBlock.removeAll(keepingCapacity: true) }
        guard headerBlock.count + bytes.count <= Self.maximumHeaderSize else {
            excess = .headers
            return 0
        }
        headerBlock.append(contentsOf: bytes)
        hasStatus = !isInterim
        // The empty line behind the headers.
        if hasStatus, bytes.count <= 2, bytes.first == 13 || bytes.first == 10 { hasHead = true }
        return bytes.count
    }

    /// Whether the headers gathered so far are of an answer such as 100, after which the real one comes.
    private var isInterim: Bool {
        guard let space = headerBlock.prefix(12).firstIndex(of: 32), space + 1 < headerBlock.count else { return true }
        return headerBlock[space + 1] == UInt8(ascii: "1")
    }

    /// libcurl sends a request again by itself if a reused connection turns out to be closed.
    private func maySend() -> Bool {
        sendings += 1
        return sendings == 1 || ticket?.request.allowsResend == true
    }
}

extension [UInt8] {
    /// A copy without spare room, so that the buffer it was gathered in can be used again.
    fileprivate var exactCopy: [UInt8] {
        // The empty array is one for the whole process, and would be written to.
        guard !isEmpty else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { target, size in
            withUnsafeBytes { source in
                UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
            }
            size = count
        }
    }
}
