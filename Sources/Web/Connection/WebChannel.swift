import Glibc
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// One connection: reads requests one after the other, and puts the answers on the wire.
///
/// Hummingbird's own HTTP/1 channel answers broken requests by itself, without the headers that every answer of ours has,
/// and reads bodies to their end. So the server is Hummingbird's, and what is said on a connection is ours.
struct WebChannel: ServerChildChannel {
    typealias Value = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    let limits: ConnectionLimits
    /// How many are open, on all addresses together.
    let connections: ConnectionCount
    /// The certificate of new connections; nil: without TLS.
    let identity: @Sendable () -> TLSIdentity?
    let answer: @Sendable (WebRequest) async -> Reply
    /// The answer to what is not HTTP, or too much of it.
    let refuse: @Sendable (_ status: Int) -> Reply

    /// So much of an answer waits in the system to be sent; more is kept here.
    private static let waitingBytes: SocketOptionValue = 32 << 10

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if let identity = identity() { try pipeline.addHandler(NIOSSLServerHandler(context: identity.context)) }
            // The system would take megabytes at once, and then long nothing: it would not show that they leave.
            _ = try? channel.syncOptions?.setOption(
                .tcpOption(NIOBSDSocket.Option(rawValue: TCP_NOTSENT_LOWAT)), value: Self.waitingBytes)
            let clock = ConnectionClock(limits: limits)
            try pipeline.addHandler(HeadMeter(clock))
            var decoding = NIOHTTPDecoderLimitConfiguration()
            decoding.maxHeaderFieldSize = limits.headBytes
            decoding.maxHeaderListSize = limits.headBytes
            // The encoder does not know which request it answers: it would end an answer to HEAD that has no length with
            // an empty chunk, and a client would take that for the beginning of the next answer.
            var encoding = HTTPResponseEncoder.Configuration()
            encoding.automaticallySetFramingHeaders = false
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: true,
                withEncoderConfiguration: encoding, withDecoderLimitConfiguration: decoding)
            try pipeline.addHandler(clock)
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    func handle(value: Value, logger: Logger) async {
        let isWelcome = connections.enter() <= limits.connections
        defer { connections.leave() }
        do {
            try await value.executeThenClose { inbound, outbound in
                let exchange = Exchange(channel: value.channel, outbound: outbound)
                var parts = inbound.makeAsyncIterator()
                do {
                    if isWelcome {
                        while let part = try await parts.next() {
                            guard case .head(let head) = part else { continue }
                            let hasBody = Self.announcesBody(head)
                            if !hasBody {
                                // A head without a body ends at once.
                                guard case .end? = try await parts.next() else { break }
                            }
                            guard try await respond(to: head, hasBody: hasBody, exchange) else { break }
                        }
                    } else {
                        try await exchange.send(refuse(503), version: .http1_1, isHead: false, isLast: true)
                    }
                } catch let error as HTTPParserError {
                    let status = error == .headerOverflow ? 431 : 400
                    try await exchange.send(refuse(status), version: .http1_1, isHead: false, isLast: true)
                    // The decoder gives nothing more.
                    exchange.finish()
                    return await exchange.closed()
                }
                // A connection that is closed with bytes unread is reset, and the client may lose the answer: what it still
                // sends is taken for a moment.
                exchange.finish()
                var bytes = 0
                while bytes < Exchange.lingeringBytes, let part = try? await parts.next() {
                    if case .body(let body) = part { bytes += body.readableBytes }
                }
                await exchange.closed()
            }
        } catch {
            // The client went, or what it sends cannot be read: there is nobody to answer.
            logger.trace("connection ended: \(error)")
        }
    }

    /// - Returns: whether another request may follow.
    private func respond(to head: HTTPRequestHead, hasBody: Bool, _ exchange: Exchange) async throws -> Bool {
        let request = WebRequest(head)
        let reply = await answer(request)
        let isLast = hasBody || !head.isKeepAlive || reply.isStream && !request.isHead
        switch reply.body {
        case .stream(let body) where !request.isHead:
            try await exchange.stream(reply, version: head.version, body)
        case .bytes, .stream:
            try await exchange.send(reply, version: head.version, isHead: request.isHead, isLast: isLast)
        }
        return !isLast
    }

    private static func announcesBody(_ head: HTTPRequestHead) -> Bool {
        if head.headers.contains(name: "Transfer-Encoding") { return true }
        return head.headers["Content-Length"].contains { $0 != "0" }
    }
}

/// How many connections are open.
final class ConnectionCount: Sendable {
    private let count = Atomic<Int>(0)

    /// - Returns: how many are open now, this one included.
    func enter() -> Int {
        count.add(1, ordering: .relaxed).newValue
    }

    var current: Int { count.load(ordering: .relaxed) }

    func leave() {
        count.subtract(1, ordering: .relaxed)
    }
}
