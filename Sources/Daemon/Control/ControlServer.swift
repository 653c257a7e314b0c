import Synchronization

/// Answers on a Unix socket until it is cancelled: HTTP/1.1 with JSON, one request a connection.
///
/// Written by hand and not with a server library: a few small requests from programs of the same host need little of
/// HTTP (docs/decisions/0001-control-socket-by-hand.md).
package struct ControlServer: Sendable {
    /// What a peer may cost.
    package struct Limits: Sendable {
        package var connections = 8
        package var readTime = Duration.seconds(5)
        package var writeTime = Duration.seconds(5)
        /// After the reply, for what the peer is still sending.
        package var drainTime = Duration.seconds(1)

        package init() {}
    }

    private let listener: ControlListener
    private let reply: @Sendable (ControlCall) async -> ControlReply
    private let limits: Limits
    private let heartbeats: Heartbeats?

    /// The control socket. Takes connections from now on; they are answered once it runs.
    ///
    /// - Parameter heartbeats: gets a sign of life for each turn of the socket and of the loop behind it.
    /// - Throws: `ControlSocketError` if there can be no socket at the path.
    package init(
        path: String, requests: any ControlRequests, limits: Limits = Limits(), heartbeats: Heartbeats? = nil
    ) throws(ControlSocketError) {
        let router = ControlRouter(requests)
        try self.init(path: path, limits: limits, heartbeats: heartbeats) { await router.reply(to: $0) }
    }

    /// - Parameter reply: answers one request.
    /// - Throws: `ControlSocketError` if there can be no socket at the path.
    package init(
        path: String, limits: Limits = Limits(), heartbeats: Heartbeats? = nil,
        reply: @escaping @Sendable (ControlCall) async -> ControlReply
    ) throws(ControlSocketError) {
        listener = try ControlListener(path: path, turnEvery: heartbeats?.interval)
        self.reply = reply
        self.limits = limits
        self.heartbeats = heartbeats
    }

    /// Returns soon after its task was cancelled; the socket is gone then.
    package func run() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                let (open, draining) = (OpenConnections(), OpenConnections())
                for await turn in listener.turns {
                    heartbeats?.beat(.control)
                    guard case .accepted(let connection) = turn else { continue }
                    let isOpen = open.enter(limit: limits.connections)
                    group.addTask {
                        await interrupting(connection) {
                            if isOpen {
                                await serve(connection)
                                open.leave()
                            } else {
                                await refuse(connection)
                            }
                            await drain(connection, draining)
                        }
                    }
                }
            }
        } onCancel: {
            listener.close()
        }
    }

    private func serve(_ connection: ControlConnection) async {
        let progress = await connection.read(within: limits.readTime)
        let answer: ControlReply
        switch progress {
        case .call(var call):
            // Whoever gave up, while the disk hung for example, may have asked again since.
            guard !connection.isAbandoned else { return }
            call.peer = connection.peer
            answer = await reply(call)
        case .refused(let refusal): answer = refusal
        case .needsMore, nil: return
        }
        await connection.write(answer, within: limits.writeTime)
    }

    private func refuse(_ connection: ControlConnection) async {
        await connection.write(.error(503, "too many requests at a time; try again"), within: .milliseconds(100))
    }

    /// Peers that hang up late do not take the place of those that ask; beyond a number of them the rest is cut off.
    private func drain(_ connection: ControlConnection, _ draining: OpenConnections) async {
        guard draining.enter(limit: 4 * limits.connections) else { return }
        await connection.drain(within: limits.drainTime)
        draining.leave()
    }

    private func interrupting(_ connection: ControlConnection, _ body: () async -> Void) async {
        await withTaskCancellationHandler {
            await body()
        } onCancel: {
            connection.interrupt()
        }
    }
}

private final class OpenConnections: Sendable {
    private let count = Mutex(0)

    func enter(limit: Int) -> Bool {
        count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
    }

    func leave() {
        count.withLock { $0 -= 1 }
    }
}
