import Synchronization

/// Answers on the control socket until it is cancelled: HTTP/1.1 with JSON, one request a connection.
///
/// Written by hand, and not with a server library: five small requests from programs of the same host need little of
/// HTTP (docs/decisions/0001-control-socket-by-hand.md).
package struct ControlServer: Sendable {
    /// What a peer may cost.
    package struct Limits: Sendable {
        package var connections = 8
        package var readTime = Duration.seconds(5)
        package var writeTime = Duration.seconds(5)

        package init() {}
    }

    private let listener: ControlListener
    private let router: ControlRouter
    private let limits: Limits

    /// Takes connections from now on; they are answered once it runs.
    ///
    /// - Throws: `ControlSocketError` where there can be no socket at the path.
    package init(path: String, requests: any ControlRequests, limits: Limits = Limits()) throws(ControlSocketError) {
        listener = try ControlListener(path: path)
        router = ControlRouter(requests)
        self.limits = limits
    }

    /// Returns soon after its task was cancelled; the socket is gone then.
    package func run() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                let open = OpenConnections()
                for await connection in listener.connections {
                    guard open.enter(limit: limits.connections) else {
                        group.addTask {
                            await connection.write(
                                .error(503, "too many requests at a time"), within: .milliseconds(100))
                        }
                        continue
                    }
                    group.addTask {
                        await serve(connection)
                        open.leave()
                    }
                }
            }
        } onCancel: {
            listener.close()
        }
    }

    private func serve(_ connection: ControlConnection) async {
        await withTaskCancellationHandler {
            let progress = await connection.read(within: limits.readTime)
            let reply: ControlReply
            switch progress {
            case .call(let call): reply = await router.reply(to: call)
            case .refused(let refusal): reply = refusal
            case .needsMore, nil: return
            }
            await connection.write(reply, within: limits.writeTime)
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
