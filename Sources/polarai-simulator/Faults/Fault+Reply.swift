import Model

extension Fault {
    /// What the client gets in place of (or made out of) the right answer.
    ///
    /// Where a fault invents content it says FAILED: whoever believes it raises a false alarm, and a test sees that.
    func reply(inPlaceOf right: ServerReply, cluster: String?, requestID: String, host: String) -> ServerReply {
        func error(_ http: Int, _ code: String, _ message: String) -> ServerReply {
            GatewayError(http, code, message).reply(requestID: requestID, host: host)
        }
        var reply: ServerReply
        switch kind {
        case .http500:
            reply = error(
                500, "InternalError",
                "The request processing has failed due to some unknown error, exception or failure.")
        case .http503:
            reply = error(503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.")
        case .html502:
            let page =
                "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
                + "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>Tengine</center>\r\n</body>\r\n</html>\r\n"
            reply = .text(page, status: 502, type: "text/html")
        case .truncatedJSON:
            reply = right
            reply.body = Array(right.body.prefix(right.body.count / 2))
        case .cutConnection:
            reply = right
            reply.manner = .cut(after: right.body.count / 2)
        case .otherClusterID:
            reply = right.changing {
                $0["DBClusterId"] = "pm-someoneelse00001"; $0["DBClusterStatus"] = "FAILED"
            }
        case .noStatus:
            reply = right.changing {
                $0["DBClusterStatus"] = nil; $0["DBClusterStatusDesc"] = nil
            }
        case .noCluster:
            reply = .json(.object(["RequestId": .string(requestID)]))
        case .empty200:
            reply = ServerReply(status: 200, headers: [("Content-Type", "application/json;charset=utf-8")])
        case .hugeBody:
            reply = right
            let start = #"{"DBClusterId":"\#(cluster ?? "")","DBClusterStatus":"FAILED","Padding":""#
            reply.body = Array(start.utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 13 << 20) + Array(#""}"#.utf8)
            reply.manner = .slow(chunk: 1 << 17, pause: .zero)
        case .gzipBomb:
            reply = right
            reply.headers.append(("Content-Encoding", "gzip"))
            reply.body = GzipBomb.bytes
        case .mute:
            reply = .mute
        case .reset:
            reply = .reset
        case .slow:
            reply = right
            reply.manner = .slow(
                chunk: max(1, right.body.count / 20), pause: delay > .zero ? delay : .milliseconds(500))
            return reply
        case .gone:
            reply = GatewayError.clusterNotFound.reply(requestID: requestID, host: host)
        case .error:
            reply = error(http, code, message)
        case .throttle:
            let milliseconds = retryAfter.map { String($0.wholeMilliseconds) }
            reply = GatewayError.throttled.reply(requestID: requestID, host: host)
                .with(header: "x-acs-retry-after", milliseconds)
        case .redirect:
            reply = ServerReply(status: 302, headers: [("Location", location)])
        case .notJSON:
            reply = .text("OK, everything is fine", status: 200)
        case .xmlError:
            let page =
                "<?xml version='1.0' encoding='UTF-8'?><Error><RequestId>\(requestID)</RequestId>"
                + "<HostId>\(host)</HostId><Code>\(code)</Code><Message>\(message)</Message></Error>"
            reply = .text(page, status: http, type: "text/xml;charset=utf-8")
        case .delay:
            reply = right
        case .wrongDate:
            reply = right.with(header: "Date", "Thu, 01 Jan 1998 00:00:00 GMT")
        }
        reply.delay = delay
        return reply
    }
}

extension ServerReply {
    /// The same with a changed JSON object for a body.
    fileprivate func changing(_ change: (inout [String: JSONValue]) -> Void) -> ServerReply {
        guard case .object(var members)? = try? JSONValue(parsing: body) else { return self }
        change(&members)
        var copy = self
        copy.body = Array(JSONValue.object(members).text().utf8)
        return copy
    }
}
