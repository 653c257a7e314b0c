import Model
import NIOCore
import NIOHTTP1
import Reports

/// Puts answers on the wire of one connection.
struct Exchange {
    let channel: any Channel
    let outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>

    func send(_ reply: Reply, version: HTTPVersion, isHead: Bool, isLast: Bool) async throws {
        var head = head(of: reply, version: version)
        if isLast { head.headers.add(name: "Connection", value: "close") }
        guard case .bytes(let bytes) = reply.body else {
            return try await outbound.write(contentsOf: [.head(head), .end(nil)])
        }
        // An answer without a body has no length of one (RFC 9110, 8.6).
        if reply.status != 304 { head.headers.add(name: "Content-Length", value: String(bytes.count)) }
        guard !isHead, reply.status != 304, !bytes.isEmpty else {
            return try await outbound.write(contentsOf: [.head(head), .end(nil)])
        }
        try await outbound.write(
            contentsOf: [.head(head), .body(.byteBuffer(ByteBuffer(bytes: bytes))), .end(nil)])
    }

    /// Sends what `body` writes until it returns, or the reader leaves.
    func stream(
        _ reply: Reply, version: HTTPVersion, _ body: @escaping @Sendable (StreamWriter) async throws -> Void
    ) async throws {
        var head = head(of: reply, version: version)
        head.headers.add(name: "Connection", value: "close")
        // HTTP/1.0 has no chunks: there the end of the connection is that of the answer.
        if head.version == .http1_1 { head.headers.add(name: "Transfer-Encoding", value: "chunked") }
        try await outbound.write(.head(head))
        let outbound = outbound
        let writer = StreamWriter { bytes in try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: bytes)))) }
        let work = Task { try await body(writer) }
        // Without this a reader that left would show only when the next write fails.
        channel.closeFuture.whenComplete { _ in work.cancel() }
        try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            work.cancel()
        }
        try await outbound.write(.end(nil))
    }

    /// Closes our side once everything is sent; `ConnectionClock` closes the whole connection a moment later.
    func finish() {
        outbound.finish()
    }

    /// Returns when the connection is closed: what is not sent yet would be lost if nobody waited for it.
    func closed() async {
        try? await channel.closeFuture.get()
    }

    /// So much of what a client still sends is taken.
    static let lingeringBytes = 256 << 10

    private func head(of reply: Reply, version: HTTPVersion) -> HTTPResponseHead {
        var headers = HTTPHeaders()
        for (name, value) in reply.headers.sorted(by: { $0.key < $1.key }) { headers.add(name: name, value: value) }
        headers.add(name: "Date", value: HTTPDate.write(TimeArgument.now))
        return HTTPResponseHead(
            version: version == .http1_0 ? .http1_0 : .http1_1, status: HTTPResponseStatus(statusCode: reply.status),
            headers: headers)
    }
}
