import Glibc
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOSSL

/// Puts a reply on the wire, broken if it says so.
enum ReplyWriter {
    /// How long a mute connection is kept open when the client never gives up.
    private static let muteLimit = Duration.seconds(600)

    struct ConnectionGivenUp: Error {}

    @concurrent
    static func write(
        _ reply: ServerReply, answering method: String, to writer: consuming ResponseWriter, on channel: any Channel
    ) async throws {
        if reply.delay > .zero {
            try await waitOrClosed(channel, reply.delay)
        }
        switch reply.manner {
        case .mute:
            try await waitOrClosed(channel, muteLimit)
            throw ConnectionGivenUp()
        case .reset:
            try await reset(channel)
            throw ConnectionGivenUp()
        case .whole where method == "HEAD" || reply.status == 204 || reply.status == 304:
            try await writer.writeResponse(head(of: reply, length: nil))
        case .whole:
            let body = ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body))
            try await writer.write(response: head(of: reply, length: reply.body.count), body: body)
        case .cut(let length):
            var body = try await writer.writeHead(head(of: reply, length: reply.body.count))
            try await body.write(ByteBuffer(bytes: reply.body.prefix(length)))
            try await channel.close()
            throw ConnectionGivenUp()
        case .slow(let chunk, let pause):
            var body = try await writer.writeHead(head(of: reply, length: reply.body.count))
            for start in stride(from: 0, to: reply.body.count, by: chunk) {
                if pause > .zero { try await waitOrClosed(channel, pause) }
                try await body.write(ByteBuffer(bytes: reply.body[start..<min(start + chunk, reply.body.count)]))
            }
            try await body.finish(nil)
        }
    }

    private static func head(of reply: ServerReply, length: Int?) -> HTTPResponse {
        var fields = HTTPFields()
        for (name, value) in reply.headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        if let length { fields[.contentLength] = String(length) }
        return HTTPResponse(status: .init(code: reply.status), headerFields: fields)
    }

    /// Waits, but not for a client that has gone.
    private static func waitOrClosed(_ channel: any Channel, _ duration: Duration) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await Task.sleep(for: duration)
                return true
            }
            group.addTask {
                while channel.isActive { try await Task.sleep(for: .milliseconds(50)) }
                return false
            }
            let waited = try await group.next() ?? false
            group.cancelAll()
            guard waited else { throw ConnectionGivenUp() }
        }
    }

    /// With nothing lingering, a close is a reset.
    private static func reset(_ channel: any Channel) async throws {
        try await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await channel.eventLoop.submit {
            let pipeline = channel.pipeline.syncOperations
            if let tls = try? pipeline.context(handlerType: NIOSSLServerHandler.self) {
                // From below TLS, which would say goodbye first.
                tls.close(promise: nil)
            } else {
                channel.close(promise: nil)
            }
        }.get()
    }
}
