import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Web

/// The limits of a connection, by a clock that the test sets.
struct ConnectionClockTests {
    /// Stands for the system: takes parts of answers when the test says so.
    private final class Wire: ChannelOutboundHandler {
        typealias OutboundIn = IOData
        typealias OutboundOut = IOData

        private var waiting: [EventLoopPromise<Void>] = []
        private(set) var isOutputClosed = false

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            if let promise { waiting.append(promise) }
        }

        func flush(context: ChannelHandlerContext) {}

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            if case .output = mode {
                isOutputClosed = true
                promise?.succeed(())
                return
            }
            context.close(mode: mode, promise: promise)
            let lost = waiting
            waiting = []
            for part in lost { part.fail(ChannelError.ioOnClosedChannel) }
        }

        func take(_ count: Int = .max) {
            let taken = waiting.prefix(count)
            waiting.removeFirst(taken.count)
            for part in taken { part.succeed(()) }
        }
    }

    private struct Connection {
        let wire = Wire()
        let channel = EmbeddedChannel()

        var isOpen: Bool { channel.isActive }

        init() throws {
            let operations = channel.pipeline.syncOperations
            try operations.addHandler(wire)
            try operations.addHandler(HTTPResponseEncoder())
            try operations.addHandler(ConnectionClock(limits: ConnectionLimits()))
            channel.connect(to: try SocketAddress(unixDomainSocketPath: "/nowhere"), promise: nil)
        }

        func ask() throws {
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
            try channel.writeInbound(HTTPServerRequestPart.head(head))
            try channel.writeInbound(HTTPServerRequestPart.end(nil))
        }

        /// An answer in some parts: its head, the parts of its body, its end.
        func answer(parts: Int = 1) {
            var head = HTTPResponseHead(version: .http1_1, status: .ok)
            head.headers.add(name: "Content-Length", value: String(parts))
            write(.head(head))
            for _ in 0..<parts { write(.body(.byteBuffer(ByteBuffer(bytes: [0x78])))) }
            write(.end(nil))
        }

        private func write(_ part: HTTPServerResponsePart) {
            channel.pipeline.syncOperations.write(NIOAny(part), promise: nil)
        }

        func pass(_ seconds: Int64) {
            channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
        }

        /// To be called at the end of a test: an event loop must not go with tasks in it.
        func end() {
            channel.close(promise: nil)
            channel.embeddedEventLoop.run()
        }
    }

    @Test
    func `an answer that leaves slowly is sent to its end, and only then the connection is idle`() throws {
        let connection = try Connection()
        defer { connection.end() }
        try connection.ask()
        connection.answer(parts: 6)
        for _ in 0..<6 {
            connection.pass(25)
            connection.wire.take(1)
        }
        connection.pass(25)
        #expect(connection.isOpen)
        connection.wire.take()
        connection.pass(29)
        #expect(connection.isOpen)
        connection.pass(2)
        #expect(!connection.isOpen)
    }

    @Test
    func `a reader that takes nothing is cut off`() throws {
        let connection = try Connection()
        defer { connection.end() }
        try connection.ask()
        connection.answer()
        connection.pass(29)
        #expect(connection.isOpen)
        connection.pass(30)
        #expect(!connection.isOpen)
    }

    @Test
    func `behind the last answer our side is closed once it is sent, and everything a moment later`() throws {
        let connection = try Connection()
        defer { connection.end() }
        try connection.ask()
        connection.answer()
        connection.channel.close(mode: .output, promise: nil)
        connection.pass(15)
        #expect(connection.isOpen && !connection.wire.isOutputClosed)
        connection.wire.take()
        #expect(connection.isOpen && connection.wire.isOutputClosed)
        connection.pass(2)
        #expect(!connection.isOpen)
    }

    @Test
    func `a reader that takes nothing of the last answer is cut off, too`() throws {
        let connection = try Connection()
        defer { connection.end() }
        try connection.ask()
        connection.answer()
        connection.channel.close(mode: .output, promise: nil)
        connection.pass(59)
        #expect(!connection.isOpen)
    }

    @Test
    func `while one of several requests is being answered the connection is not idle`() throws {
        let connection = try Connection()
        defer { connection.end() }
        try connection.ask()
        try connection.ask()
        connection.answer()
        connection.wire.take()
        connection.pass(300)
        #expect(connection.isOpen)
        connection.answer()
        connection.wire.take()
        connection.pass(31)
        #expect(!connection.isOpen)
    }

    @Test
    func `a stop waits for what is being sent, and for nothing else`() throws {
        let connection = try Connection()
        defer { connection.end() }
        try connection.ask()
        connection.answer()
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(connection.isOpen)
        connection.wire.take()
        #expect(!connection.isOpen)
        let idle = try Connection()
        defer { idle.end() }
        idle.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(!idle.isOpen)
    }
}
