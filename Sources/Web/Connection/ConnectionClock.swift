import NIOCore
import NIOHTTP1

/// How long a connection may take for what.
struct ConnectionLimits: Sendable {
    /// From the first byte of a head (of a new connection: from its start) to its end.
    var head = TimeAmount.seconds(10)
    /// From an answer to the next head; also the longest that a part of an answer waits for a reader.
    var idle = TimeAmount.seconds(30)
    /// Bytes of a head, its request line included.
    var headBytes = 64 << 10
    /// Open connections; what comes beyond them is answered 503.
    var connections = 200
    /// Between an answer that ends a connection and its end, for what the client still sends.
    var linger = TimeAmount.seconds(1)
    /// The same after an answer to what is not HTTP: there may be many.
    var shortLinger = TimeAmount.milliseconds(200)
}

/// Closes a connection whose client takes too long, and one that waits for a request when the program stops.
final class ConnectionClock: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// A head is being sent.
        case readingHead
        /// A request is being answered.
        case answering
        /// The last answer was sent; nothing came since.
        case idle
    }

    private let limits: ConnectionLimits
    private var state = State.readingHead
    private var isStopping = false
    private var timer: Scheduled<Void>?
    /// Bytes since the last head.
    private var headBytes = 0
    /// Whether an answer is being sent that has no length: it ends when its reader leaves.
    private var isStreaming = false

    init(limits: ConnectionLimits) {
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        schedule(limits.head, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    /// Bytes arrived, before anything is made of them.
    ///
    /// - Returns: false if the head has become too long.
    func received(_ count: Int, _ channel: any Channel) -> Bool {
        switch state {
        case .answering: return true
        case .idle:
            state = .readingHead
            headBytes = 0
            schedule(limits.head, channel)
        case .readingHead: break
        }
        headBytes += count
        return headBytes <= limits.headBytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) {
            timer?.cancel()
            state = .answering
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            isStreaming = !head.headers.contains(name: "Content-Length") && head.status.mayHaveResponseBody
        case .body: break
        case .end:
            isStreaming = false
            headBytes = 0
            state = .idle
            schedule(limits.idle, context)
            if isStopping {
                let channel = context.channel
                context.writeAndFlush(data).whenComplete { _ in channel.close(promise: nil) }
                promise?.succeed()
                return
            }
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if case .answering = state {
            if context.channel.isWritable { timer?.cancel() } else { schedule(limits.idle, context) }
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent, isStreaming { return context.close(promise: nil) }
        guard event is ChannelShouldQuiesceEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        isStopping = true
        if case .answering = state { return }
        context.close(promise: nil)
    }

    private func schedule(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        schedule(time, context.channel)
    }

    private func schedule(_ time: TimeAmount, _ channel: any Channel) {
        timer?.cancel()
        timer = channel.eventLoop.assumeIsolated().scheduleTask(in: time) { channel.close(promise: nil) }
    }
}

/// Stands below the decoder of HTTP: sees a head grow.
final class HeadMeter: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let clock: ConnectionClock
    private var isTooLong = false

    init(_ clock: ConnectionClock) {
        self.clock = clock
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isTooLong else { return }
        guard clock.received(unwrapInboundIn(data).readableBytes, context.channel) else {
            isTooLong = true
            context.fireErrorCaught(HTTPParserError.headerOverflow)
            return
        }
        context.fireChannelRead(data)
    }
}
