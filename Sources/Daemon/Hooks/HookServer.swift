import Synchronization

/// Takes calls on the runner's socket: one hook a connection, for as long as the hook needs.
final class HookServer: Sendable {
    private let listener: ControlListener
    private let runner: HookRunner
    private let running = Mutex(0)

    /// Programs that run or wait at the same time; more are asked to come back.
    private static let most = 16
    private static let readTime = Duration.seconds(5)
    private static let writeTime = Duration.seconds(5)
    private static let drainTime = Duration.seconds(1)
    /// In bytes: a digest of as many events as a hook gets in one message fits.
    static let longestBody = 1 << 20

    init(listener: ControlListener, runner: HookRunner) {
        self.listener = listener
        self.runner = runner
    }

    /// Returns once its task was cancelled and every hook has ended.
    func run() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for await turn in listener.turns {
                    guard case .accepted(let connection) = turn else { continue }
                    group.addTask { await self.serve(connection) }
                }
                group.cancelAll()
            }
        } onCancel: {
            listener.close()
        }
    }

    private func serve(_ connection: ControlConnection) async {
        let hasRoom = running.withLock { running in
            guard running < Self.most else { return false }
            running += 1
            return true
        }
        guard hasRoom else {
            await connection.write(
                .noHook("busy", status: 503, "too many hooks run at the same time"), within: .milliseconds(100))
            return
        }
        defer { running.withLock { $0 -= 1 } }
        let reply: ControlReply
        switch await connection.read(within: Self.readTime, longestBody: Self.longestBody) {
        case .call(let call): reply = await runner.reply(to: call) { connection.isAbandoned }
        case .refused(let refusal): reply = refusal
        case .needsMore, nil: return
        }
        await connection.write(reply, within: Self.writeTime)
        await connection.drain(within: Self.drainTime)
    }
}
