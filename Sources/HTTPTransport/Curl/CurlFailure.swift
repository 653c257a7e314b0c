import CCurl
import Model

/// Turns libcurl's result code into words for an operator.
struct CurlFailure {
    let code: CURLcode
    /// What libcurl wrote into its error buffer.
    let detail: String
    let url: String
    let options: ConnectionOptions
    /// The status with which a proxy answered CONNECT; 0 without one.
    let proxyStatus: Int
    /// Set where the answer was cut off for its size.
    let tooLargeLimit: Int?
    /// The reused connection was dead and the request may not go out twice.
    let wasSentTwice: Bool

    var error: TransportError {
        let host = URLText.origin(of: url)
        if let limit = tooLargeLimit {
            return TransportError(.tooLarge, "\(host) sent more than the \(limit) bytes that are allowed")
        }
        if wasSentTwice {
            return TransportError(
                .reset, "\(host) had closed the kept connection before it answered", isStaleConnection: true)
        }
        if proxyStatus >= 400, code != CURLE_OPERATION_TIMEDOUT {
            let hint = proxyStatus == 407 ? ": it wants a user and password in the proxy's URL" : ""
            return TransportError(.connect, "the proxy refused to connect to \(host) (status \(proxyStatus))\(hint)")
        }
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            return TransportError(.resolve, "the name of \(host) does not resolve; check the name and the host's DNS")
        case CURLE_COULDNT_RESOLVE_PROXY:
            return TransportError(.resolve, "the proxy's name does not resolve; check the name and the host's DNS")
        case CURLE_COULDNT_CONNECT, CURLE_PROXY, CURLE_INTERFACE_FAILED:
            return TransportError(.connect, "cannot connect to \(host)\(reason)")
        case CURLE_OPERATION_TIMEDOUT:
            return TransportError(.timeout, timeoutMessage(host))
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            return TransportError(
                .tls,
                "the certificate of \(host) is not trusted\(reason); where the server is yours, name its authority in ca_file"
            )
        case CURLE_SSL_CACERT_BADFILE:
            let file = options.caFile.map { "ca_file \($0)" } ?? "the system's certificates (package ca-certificates)"
            return TransportError(.tls, "cannot read \(file), so nothing proves that \(host) is what it says")
        case CURLE_SSL_CERTPROBLEM:
            return TransportError(.tls, "the client certificate or its key cannot be used for \(host)\(reason)")
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
            CURLE_USE_SSL_FAILED, CURLE_SSL_SHUTDOWN_FAILED:
            return TransportError(.tls, "TLS with \(host) failed\(reason)")
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE:
            return TransportError(.reset, "\(host) closed the connection before its answer was whole\(reason)")
        case CURLE_UNSUPPORTED_PROTOCOL where !URLText.isHTTP(url), CURLE_URL_MALFORMAT:
            return TransportError(.invalidRequest, "the URL of \(host) is not one that can be fetched")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING, CURLE_WRITE_ERROR:
            return TransportError(.malformed, "\(host) sent what is not an HTTP answer\(reason)")
        default:
            return TransportError(.other, "the request to \(host) failed\(reason)")
        }
    }

    /// libcurl's own words, where they can hold nothing of the request.
    private var reason: String {
        let text = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        let isHarmless = !text.contains("?") && !text.contains("@") && !text.contains("/") && text.utf8.count < 200
        return isHarmless ? " (\(text.trimmed))" : " (\(String(cString: curl_easy_strerror(code))))"
    }

    private func timeoutMessage(_ host: String) -> String {
        // libcurl tells its limits apart only in words.
        if detail.hasPrefix("Operation too slow") {
            return "\(host) sends too slowly: under \(options.lowSpeedLimit) bytes a second for "
                + "\(DurationText.write(options.lowSpeedTime))"
        }
        let isConnecting = ["Connection time", "Failed to connect", "Resolving", "SSL connection"].contains {
            detail.hasPrefix($0)
        }
        return isConnecting
            ? "no connection to \(host) within \(DurationText.write(min(options.connectTimeout, options.timeout)))"
            : "\(host) did not answer within \(DurationText.write(options.timeout))"
    }
}
