import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import UnixSignals

/// Listens on 127.0.0.1 for HTTP and, with a certificate, for HTTPS, and hands each request to the world.
///
/// Hummingbird's server without its application layer: the date header, resets and broken bodies are ours to choose.
struct LocalServer: Sendable {
    let world: World
    let httpPort: Int
    let httpsPort: Int
    let identity: ServerIdentity?

    /// Serves until SIGTERM or SIGINT.
    ///
    /// - Parameter onListening: called once, when every port listens.
    /// - Throws: if a port is taken or a certificate cannot be read.
    func run(onListening: @escaping @Sendable (Ports) throws -> Void) async throws {
        let (bound, continuation) = AsyncStream.makeStream(of: (scheme: String, port: Int).self)
        var services = [try service(scheme: "http", port: httpPort, identity: nil, bound: continuation)]
        if let identity {
            services.append(try service(scheme: "https", port: httpsPort, identity: identity, bound: continuation))
        }
        let expected = services.count
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services {
                group.addTask { try await service.run() }
            }
            group.addTask {
                var ports: [String: Int] = [:]
                for await (scheme, port) in bound {
                    ports[scheme] = port
                    guard ports.count < expected else { break }
                }
                guard let http = ports["http"] else { return }
                try onListening(Ports(http: http, https: ports["https"]))
                _ = await UnixSignalsSequence(trapping: .sigterm, .sigint).first { _ in true }
                // Open connections may be mute on purpose: nobody waits for them.
                throw Stopped()
            }
            do {
                for try await _ in group {}
            } catch is Stopped {
                group.cancelAll()
                await world.close()
                PlatformExit.success()
            }
        }
    }

    private struct Stopped: Error {}

    private func service(
        scheme: String, port: Int, identity: ServerIdentity?,
        bound: AsyncStream<(scheme: String, port: Int)>.Continuation
    ) throws -> any Service {
        let world = world
        let plain = HTTPServerBuilder.http1(
            configuration: .init(additionalChannelHandlers: world.connections.opened(scheme: scheme))
        )
        let builder = try identity.map { try .tls(plain, tlsConfiguration: Self.tlsConfiguration($0)) } ?? plain
        var logger = Logger(label: "polarai-simulator")
        logger.logLevel = .error
        return try builder.buildServer(
            configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: port)),
            eventLoopGroup: EventLoopGroupProvider.singleton.eventLoopGroup,
            logger: logger
        ) { request, writer, channel in
            let call = try await Call(request, scheme: scheme, channel: channel)
            let reply = await world.answer(call)
            try await ReplyWriter.write(reply, answering: call.method, to: writer, on: channel)
        } onServerRunning: { channel in
            bound.yield((scheme, channel.localAddress?.port ?? 0))
        }
    }

    private static func tlsConfiguration(_ identity: ServerIdentity) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(identity.certificateFile).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: identity.keyFile, format: .pem))
        )
        configuration.applicationProtocols = ["http/1.1"]
        return configuration
    }
}
