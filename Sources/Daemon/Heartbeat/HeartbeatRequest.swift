package import HTTPTransport
package import Model

/// A heartbeat as its service wants it.
package enum HeartbeatRequest {
    /// All is well.
    ///
    /// - Parameters:
    ///   - url: of the config.
    ///   - status: a line on what is watched, for people.
    ///   - roundTrip: how long the API takes to answer.
    package static func beat(
        _ kind: HeartbeatSettings.Kind, url: String, status: String, roundTrip: Duration?, timeout: Duration
    ) -> HTTPRequest {
        switch kind {
        case .plain: request(.get, url, timeout)
        case .push: request(.get, pushed(url, roundTrip), timeout)
        case .healthchecks: request(.post, url, timeout, text: status)
        }
    }

    /// All is not well.
    ///
    /// - Returns: nil if the service has no message for that: silence says it.
    package static func failure(
        _ kind: HeartbeatSettings.Kind, url: String, reason: String, timeout: Duration
    ) -> HTTPRequest? {
        kind == .healthchecks ? request(.post, failing(url), timeout, text: reason) : nil
    }

    private static func request(
        _ method: HTTPMethod, _ url: String, _ timeout: Duration, text: String? = nil
    ) -> HTTPRequest {
        HTTPRequest(
            method: method, url: url,
            headers: text == nil ? [] : [HTTPHeader("Content-Type", "text/plain; charset=utf-8")],
            body: Array((text ?? "").utf8),
            connection: ConnectionOptions(connectTimeout: min(.seconds(5), timeout), timeout: timeout),
            maximumBodySize: 16 * 1024, statusDecides: true)
    }

    /// The address with `status`, `msg` and `ping`, in place of those that it has.
    private static func pushed(_ url: String, _ roundTrip: Duration?) -> String {
        let parts = Parts(url)
        let own: Set<Substring> = ["status", "msg", "ping"]
        let kept = parts.query.split(separator: "&").filter { !own.contains($0.prefix { $0 != "=" }) }
        let ping = roundTrip.map { String(max(0, $0.wholeMilliseconds)) } ?? ""
        return parts.path + "?" + (kept + ["status=up", "msg=OK", "ping=\(ping)"]).joined(separator: "&")
    }

    private static func failing(_ url: String) -> String {
        let parts = Parts(url)
        let path = parts.path.hasSuffix("/") ? String(parts.path.dropLast()) : parts.path
        return path + "/fail" + (parts.query.isEmpty ? "" : "?" + parts.query)
    }

    /// An address up to its query, and the query.
    private struct Parts {
        let path: String
        let query: Substring

        init(_ url: String) {
            let whole = url.prefix { $0 != "#" }
            path = String(whole.prefix { $0 != "?" })
            query = whole.dropFirst(path.count + 1)
        }
    }
}
