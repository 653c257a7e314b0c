import NIOCore
import Synchronization

/// Counts the connections that were opened: a client that reuses them opens few.
final class Connections: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// Called once for each accepted connection, since the server asks for its handlers once each.
    func opened(scheme: String) -> [any RemovableChannelHandler] {
        counts.withLock { $0[scheme, default: 0] += 1 }
        return []
    }

    var opened: [String: Int] { counts.withLock { $0 } }
}
