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
    /// The status of the answer, as far as it came; 0 without one.
    let status: Int
    /// OpenSSL's number of what is wrong with the certificate; 0 if it found nothing.
    let verification: Int
    let wasSent: Bool
    /// Whether all headers of the answer came.
    let hasHead: Bool
    let excess: Transfer.Excess?
    /// The reused connection was dead and the request may not go out twice.
    let wasSentTwice: Bool
    let areDescriptorsExhausted: Bool

    var error: TransportError {
        let host = URLText.origin(of: url)
        if let tooLarge { return TransportError(.tooLarge, tooLarge) }
        if wasSentTwice {
            return TransportError(
                .reset,
                "\(host) closed the keep-alive connection before it answered; the request is repeated automatically",
                isStaleConnection: true)
        }
        if proxyStatus >= 400, code != CURLE_OPERATION_TIMEDOUT {
            let hint =
                proxyStatus == 407
                ? ": it requires a user and password in the proxy's URL"
                : "; allow this host and port in the proxy, or check `proxy`"
            return TransportError(.connect, "the proxy refused to connect to \(host) (status \(proxyStatus))\(hint)")
        }
        if areDescriptorsExhausted, !wasSent {
            return TransportError(.other, "no connection to \(host): \(Descriptors.words)")
        }
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            return TransportError(.resolve, "the name of \(host) does not resolve; check the name and the host's DNS")
        case CURLE_COULDNT_RESOLVE_PROXY:
            return TransportError(.resolve, "the proxy's name does not resolve; check the name and the host's DNS")
        case CURLE_COULDNT_CONNECT, CURLE_PROXY, CURLE_INTERFACE_FAILED:
            return TransportError(
                .connect,
                "cannot connect to \(host)\(reason); check its host and port, and firewalls on the way to it")
        case CURLE_OPERATION_TIMEDOUT:
            return TransportError(.timeout, timeoutMessage(host))
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            return TransportError(.tls, certificateMessage(host))
        case CURLE_SSL_CACERT_BADFILE where areDescriptorsExhausted:
            return TransportError(.other, "no connection to \(host): \(Descriptors.words)")
        case CURLE_SSL_CACERT_BADFILE:
            let file = options.caFile.map { "ca_file \($0)" } ?? "the system's certificates (package ca-certificates)"
            return TransportError(.tls, "cannot read \(file), so the certificate of \(host) cannot be verified")
        case CURLE_SSL_CERTPROBLEM:
            return TransportError(
                .tls,
                "the client certificate or its key cannot be used for \(host)\(reason); check client_cert and client_key"
            )
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
            CURLE_USE_SSL_FAILED, CURLE_SSL_SHUTDOWN_FAILED:
            return TransportError(
                .tls,
                host.hasPrefix("smtp")
                    ? "TLS with \(host) failed\(reason); check that no proxy or firewall interferes"
                    : "TLS with \(host) failed\(reason); check that the port serves https, and that no proxy or firewall interferes"
            )
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE:
            return TransportError(.reset, "\(host) closed the connection before its answer was complete\(reason)")
        case CURLE_UNSUPPORTED_PROTOCOL where !isHTTP, CURLE_URL_MALFORMAT:
            return TransportError(.invalidRequest, "the URL of \(host) is not valid; check it in the config")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING, CURLE_WRITE_ERROR:
            return TransportError(.malformed, "\(host) did not answer in HTTP\(reason); check host and port")
        default:
            return TransportError(.other, "the request to \(host) failed\(reason)")
        }
    }

    private var tooLarge: String? {
        let host = URLText.origin(of: url)
        let answer = status > 0 ? "\(host) answered with status \(status)" : "\(host) answered"
        if case .body(let limit) = excess {
            return "\(answer), but its body is over the limit of \(limit) bytes; check that this is the right address"
        }
        // libcurl has limits of its own for a line and for all of them, and says that memory or the network failed.
        let isOverLibrarysLimit =
            (code == CURLE_OUT_OF_MEMORY && wasSent && !hasHead) || detail.hasPrefix("Too large response headers")
        guard excess != nil || isOverLibrarysLimit else { return nil }
        return "\(answer) and more than 64 KiB of headers; "
            + "check that this is the right address, and whether a proxy adds headers"
    }

    /// What is wrong with the server's certificate, and what to do. By OpenSSL's numbers (x509_vfy.h), as libcurl's words
    /// differ between its versions.
    private func certificateMessage(_ host: String) -> String {
        // libcurl looks at the names itself; OpenSSL's numbers for them are those of newer versions.
        let isNameWrong = detail.contains("subject name") || verification == 62 || verification == 64
        return switch verification {
        case _ where isNameWrong:
            "the certificate of \(host) is for another name; check the host in the address, or give the server a "
                + "certificate for it"
        case 10:
            "the certificate of \(host) has expired; renew it on the server, or set this host's clock if that is wrong "
                + "(timedatectl set-ntp true)"
        case 9:
            "the certificate of \(host) is not valid yet; set this host's clock if that is wrong (timedatectl set-ntp true), "
                + "or look at the server's certificate"
        case 23: "the certificate of \(host) was revoked; renew it on the server"
        default:
            "the certificate of \(host) is not trusted\(reason): it is signed by an unknown CA; for a server of your own, "
                + "set `ca_file` to its CA certificate (a PEM file); otherwise look for a proxy that replaces certificates"
        }
    }

    private var isHTTP: Bool { url.hasPrefix("http://") || url.hasPrefix("https://") }

    /// libcurl's own words, if they can hold nothing of the request.
    private var reason: String {
        let text = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        let isHarmless = !text.contains("?") && !text.contains("@") && !text.contains("/") && text.utf8.count < 200
        return isHarmless ? " (\(text.trimmed))" : " (\(String(cString: curl_easy_strerror(code))))"
    }

    private func timeoutMessage(_ host: String) -> String {
        // libcurl distinguishes its limits only in words.
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
