import Files
import Glibc
import Model
import Programs
import Synchronization

/// Runs hooks: finds the program under its name, waits for the task's turn, and says how it ended.
final class HookRunner: Sendable {
    private let hooks: @Sendable () -> [HookSettings]
    private let variables: [String: String]
    private let log: @Sendable (String) -> Void
    private let turns = TaskTurns()

    /// Between SIGTERM and SIGKILL.
    private static let grace = Duration.seconds(2)

    /// - Parameters:
    ///   - hooks: the config's, as they are now.
    ///   - variables: this process's.
    init(
        hooks: @escaping @Sendable () -> [HookSettings], variables: [String: String],
        log: @escaping @Sendable (String) -> Void
    ) {
        self.hooks = hooks
        self.variables = variables
        self.log = log
    }

    /// - Parameter isAbandoned: whether nobody waits for the answer any more.
    func reply(to call: ControlCall, isAbandoned: @Sendable () -> Bool) async -> ControlReply {
        let parts = call.path.split(separator: "/").map(String.init)
        guard parts.starts(with: ["v1", "hooks"]), parts.count <= 3 else {
            return .error(404, "there is no \(call.path)")
        }
        let hooks = self.hooks()
        guard parts.count == 3 else {
            guard call.method == "GET" else { return .notAllowed("use GET", use: "GET") }
            return ControlReply(200, .object(["hooks": .strings(hooks.map(\.name))]))
        }
        guard call.method == "POST" else { return .notAllowed("use POST", use: "POST") }
        guard let name = PercentEncoding.decode(parts[2]), let hook = hooks.first(where: { $0.name == name }) else {
            return .noHook("unknown", status: 404, "there is no hook of this name in the config")
        }
        guard let input = HookInput(call.body) else {
            return .error(400, "the body is not a message of polarai-daemon")
        }
        guard await turns.enter(input.task, within: hook.timeout) else {
            return Task.isCancelled
                ? .noHook("stopped", status: 503, "the hooks runner is being stopped")
                : .noHook("busy", status: 503, "another hook of the same task still runs")
        }
        defer { turns.leave(input.task) }
        guard !isAbandoned() else { return .noHook("stopped", status: 503, "nobody waits for the answer any more") }
        return await run(hook, input)
    }

    private func run(_ hook: HookSettings, _ input: HookInput) async -> ControlReply {
        let program = ProgramRun(
            ProgramOrder(
                words: hook.command, environment: input.environment(hook, own: variables), input: input.body,
                output: .last(ControlReply.hookOutputLimit), limit: hook.timeout, grace: Self.grace))
        let started = ContinuousClock.now
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                WorkerThreads.shared.run { program.run { continuation.resume(returning: $0) } }
            }
        } onCancel: {
            program.cancel()
        }
        let duration = DurationText.write(.milliseconds((ContinuousClock.now - started).wholeMilliseconds))
        log("hook \(hook.name) for alert \(input.id): \(outcome.end.words) (\(duration))")
        return .hook(outcome, of: hook)
    }
}
