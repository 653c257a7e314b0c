/// An answer before it is put on the wire.
struct Reply: Sendable {
    enum Body: Sendable {
        case bytes([UInt8])
        /// Goes on until the reader leaves or the program stops.
        case stream(@Sendable (StreamWriter) async throws -> Void)
    }

    var status: Int
    /// Names as they are sent, each once.
    var headers: [String: String]
    var body: Body

    init(status: Int = 200, type: String, headers: [String: String] = [:], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.headers["Content-Type"] = type
        self.body = .bytes(body)
    }

    init(status: Int = 200, type: String, headers: [String: String] = [:], text: String) {
        self.init(status: status, type: type, headers: headers, body: Array(text.utf8))
    }

    init(type: String, headers: [String: String] = [:], stream: @escaping @Sendable (StreamWriter) async throws -> Void)
    {
        status = 200
        self.headers = headers
        self.headers["Content-Type"] = type
        body = .stream(stream)
    }

    var isStream: Bool {
        if case .stream = body { true } else { false }
    }
}

/// Sends the parts of a stream.
struct StreamWriter: Sendable {
    /// Returns once the part may be forgotten; throws if the reader is gone.
    let write: @Sendable ([UInt8]) async throws -> Void
}
