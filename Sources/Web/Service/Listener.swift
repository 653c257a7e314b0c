import Config
import Glibc
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// One address that is listened on.
struct Listener: Service {
    let address: ListenAddress
    let channel: WebChannel
    let group: MultiThreadedEventLoopGroup
    let logger: Logger
    let starting: Starting

    /// Accepted at once; beyond `ConnectionLimits.connections` each is answered 503.
    private static let mostConnections = 1000

    func run() async throws {
        let address = address
        let starting = starting
        let server = Server(
            childChannelSetup: channel,
            configuration: ServerConfiguration(
                address: .hostname(address.host, port: address.port), serverName: nil, backlog: 512,
                availableConnectionsDelegate: MaximumAvailableConnections(Self.mostConnections)),
            onServerRunning: { channel in
                starting.bound(ListenAddress(host: address.host, port: channel.localAddress?.port ?? address.port))
            }, eventLoopGroup: group, logger: logger)
        do {
            try await server.run()
        } catch {
            throw WebError.listen(address: address.text, reason: Self.reason(error))
        }
    }

    private static func reason(_ error: any Error) -> String {
        if let error = error as? IOError {
            switch error.errnoCode {
            case EADDRINUSE:
                return
                    "another program is listening there; find it with `ss -ltnp`, or set another address in web.listen"
            case EACCES: return "this user may not listen there; use a port from 1024 on"
            case EADDRNOTAVAIL: return "this host does not have the address; set one of this host in web.listen"
            default: return String(cString: strerror(error.errnoCode))
            }
        }
        return "\(error)"
    }
}

/// Notes when all addresses are listened on.
final class Starting: Sendable {
    private let state: Mutex<[ListenAddress]> = Mutex([])
    private let count: Int
    private let onReady: @Sendable ([String]) -> Void

    init(count: Int, onReady: @escaping @Sendable ([String]) -> Void) {
        self.count = count
        self.onReady = onReady
    }

    func bound(_ address: ListenAddress) {
        let all = state.withLock { bound in
            bound.append(address)
            return bound
        }
        if all.count == count { onReady(all.map(\.text)) }
    }
}
