import NIOCore
import NIOHTTP1

/// How long a connection may take for what.
struct ConnectionLimits: Sendable {
    /// From the first byte of a head (of a new connection: from its start) to its end.
    var head = TimeAmount.seconds(10)
    /// From the last byte of an answer to the next head. A client that takes nothing of an answer has a third more: what it
    /// takes is looked at now and then.
    var idle = TimeAmount.seconds(30)
    /// Bytes of a head, its request line included.
    var headBytes = 64 << 10
    /// Open connections; what comes beyond them is answered 503.
    var connections = 200
    /// Between the last byte of an answer that ends a connection and its end, for what the client still sends.
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
        /// Requests are being answered, or what answers them is on its way.
        case answering
        /// The last answer was sent; nothing came since.
        case idle
        /// Nothing more is answered: our side is closed once everything is sent.
        case finishing
    }

    private let limits: ConnectionLimits
    private var state = State.readingHead
    private var isStopping = false
    /// Whether something came that is not HTTP.
    private var isBroken = false
    /// Requests that are not answered yet: a client may send several at once.
    private var unanswered = 0
    /// Bytes since the last head.
    private var headBytes = 0
    /// Whether an answer is being sent that has no length: it ends when its reader leaves.
    private var isStreaming = false
    /// Ends the present state.
    private var timer: Scheduled<Void>?

    /// Parts of answers that the system has not taken yet: an answer is handed over long before it is gone.
    private var unsent = 0
    /// Whether one of them was taken since that was last looked at.
    private var hasLeft = false
    /// Looks at them as long as there are any.
    private var watch: Scheduled<Void>?
    /// Closes our side, once there are none.
    private var whenSent: (() -> Void)?

    /// So many looks without anything taken are the limit.
    private static let looks = 3

    init(limits: ConnectionLimits) {
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        schedule(limits.head, context.channel)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        forget()
    }

    func channelInactive(context: ChannelHandlerContext) {
        forget()
        context.fireChannelInactive()
    }

    /// Bytes arrived, before anything is made of them.
    ///
    /// - Returns: false if the head has become too long.
    func received(_ count: Int, _ channel: any Channel) -> Bool {
        switch state {
        case .finishing: return true
        case .answering where unanswered > 0: return true
        case .answering, .idle:
            state = .readingHead
            headBytes = 0
            schedule(limits.head, channel)
        case .readingHead: break
        }
        headBytes += count
        return headBytes <= limits.headBytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data), state != .finishing {
            timer?.cancel()
            state = .answering
            unanswered += 1
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
            // What is not HTTP is answered without having been a request.
            unanswered = max(0, unanswered - 1)
        }
        let channel = context.channel
        let sent = promise ?? context.eventLoop.makePromise(of: Void.self)
        unsent += 1
        sent.futureResult.assumeIsolated().whenComplete { [self] result in partLeft(result, channel) }
        if watch == nil { lookLater(channel) }
        context.write(data, promise: sent)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard case .output = mode else { return context.close(mode: mode, promise: promise) }
        // Who has not even said what is wanted is given no longer than for that.
        if state != .readingHead { timer?.cancel() }
        state = .finishing
        let finish = { [self] in
            schedule(isBroken ? limits.shortLinger : limits.linger, context.channel)
            context.close(mode: .output, promise: promise)
        }
        // Of a connection whose other side is closed already all is closed, and what still waits would be lost.
        if unsent == 0 { finish() } else { whenSent = finish }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent, isStreaming { return context.close(promise: nil) }
        guard event is ChannelShouldQuiesceEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        isStopping = true
        if !isBusy { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isBroken = true
        context.fireErrorCaught(error)
    }

    /// Whether there is something to wait for when the program stops.
    private var isBusy: Bool { unsent > 0 || unanswered > 0 && state != .finishing }

    /// The system has taken a part of an answer, or never will.
    private func partLeft(_ result: Result<Void, any Error>, _ channel: any Channel) {
        unsent -= 1
        hasLeft = true
        guard case .success = result else { return channel.close(promise: nil) }
        guard unsent == 0 else { return }
        watch?.cancel()
        watch = nil
        if isStopping, !isBusy {
            channel.close(promise: nil)
        } else if let finish = whenSent {
            whenSent = nil
            finish()
        } else if state == .answering, unanswered == 0 {
            state = .idle
            schedule(limits.idle, channel)
        }
    }

    /// Closes the connection if its client takes nothing for `limits.idle`; an answer whose bytes leave goes on, however
    /// slowly they do.
    ///
    /// - Parameters:
    ///   - before: the bytes that waited at the last look.
    ///   - vain: how many looks have shown that nothing left.
    private func lookLater(_ channel: any Channel, before: Int = .max, vain: Int = 0) {
        let pause = TimeAmount.nanoseconds(limits.idle.nanoseconds / Int64(Self.looks))
        watch = channel.eventLoop.assumeIsolated().scheduleTask(in: pause) { [self] in
            // Of a long part it shows only here that some of it is gone.
            let waiting = (try? channel.syncOptions?.getOption(ChannelOptions.bufferedWritableBytes)) ?? 0
            let inVain = hasLeft || waiting < before ? 0 : vain + 1
            hasLeft = false
            if inVain < Self.looks {
                lookLater(channel, before: waiting, vain: inVain)
            } else {
                channel.close(promise: nil)
            }
        }
    }

    private func schedule(_ time: TimeAmount, _ channel: any Channel) {
        timer?.cancel()
        timer = channel.eventLoop.assumeIsolated().scheduleTask(in: time) { channel.close(promise: nil) }
    }

    private func forget() {
        timer?.cancel()
        watch?.cancel()
        whenSent = nil
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
