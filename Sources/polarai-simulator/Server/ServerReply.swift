import Model

/// What is answered, and how: the manner is where a network goes wrong.
struct ServerReply: Sendable {
    enum Manner: Sendable {
        case whole
        /// The length promises the whole body, the connection is closed after so many bytes of it.
        case cut(after: Int)
        /// So many bytes at a time, with a pause between.
        case slow(chunk: Int, pause: Duration)
        /// Nothing at all: the connection stays open until the client gives up.
        case mute
        /// A TCP reset.
        case reset
    }

    var status: Int
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var manner = Manner.whole
    /// Waited before the first byte.
    var delay = Duration.zero

    static func json(_ value: JSONValue, status: Int = 200) -> ServerReply {
        ServerReply(
            status: status, headers: [("Content-Type", "application/json;charset=utf-8")],
            body: Array(value.text().utf8)
        )
    }

    static func text(_ text: String, status: Int = 200, type: String = "text/plain;charset=utf-8") -> ServerReply {
        ServerReply(status: status, headers: [("Content-Type", type)], body: Array(text.utf8))
    }

    static let reset = ServerReply(status: 0, manner: .reset)
    static let mute = ServerReply(status: 0, manner: .mute)

    func with(header name: String, _ value: String?) -> ServerReply {
        guard let value else { return self }
        var copy = self
        copy.headers.append((name, value))
        return copy
    }

    /// For logs: what the client gets to see.
    var outcome: String {
        switch manner {
        case .whole: "\(status)"
        case .cut(let length): "\(status), cut after \(length) bytes"
        case .slow: "\(status), slowly"
        case .mute: "mute"
        case .reset: "reset"
        }
    }
}
