package import Model

/// One answer on the control socket: a status of HTTP and a JSON object.
package struct ControlReply: Hashable, Sendable, Error {
    package let status: Int
    package let body: JSONValue
    /// For 405: what may be done here instead.
    package var allow: String?

    package init(_ status: Int, _ body: JSONValue) {
        self.status = status
        self.body = body
    }

    /// `{"error": "a sentence"}`.
    package static func error(_ status: Int, _ message: String) -> ControlReply {
        ControlReply(status, .object(["error": .string(message)]))
    }

    /// 405, with what may be done here instead.
    static func notAllowed(_ message: String, use method: String) -> ControlReply {
        var reply = error(405, message)
        reply.allow = method
        return reply
    }

    /// The bytes on the wire. Each connection carries one request.
    var bytes: [UInt8] {
        let body = Array((body.text() + "\n").utf8)
        var head = "HTTP/1.1 \(status) \(Self.reason(status))\r\n"
        head += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\nCache-Control: no-store\r\n"
        if let allow { head += "Allow: \(allow)\r\n" }
        head += "Connection: close\r\n\r\n"
        return Array(head.utf8) + body
    }

    /// The reason phrases of RFC 9110 for what is answered here.
    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 202: "Accepted"
        case 400: "Bad Request"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 411: "Length Required"
        case 413: "Content Too Large"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 431: "Request Header Fields Too Large"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: "Internal Server Error"
        }
    }
}
