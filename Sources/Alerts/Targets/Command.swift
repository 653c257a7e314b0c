import HTTPTransport
import Model

/// A local program: the hooks runner starts it, in a service of its own that holds no keys, and answers how it ended.
struct Command: AlertTarget {
    /// How long a hook waits for another one of the same task, and for its own end once it was asked to stop, beside the
    /// time it may run.
    static let margin = Duration.seconds(15)

    let kind = TargetKind.command
    let manners = Manners(concurrency: 4, groupCapacity: 200, hasPlainForm: false)

    /// On the runner's Unix socket; the body is what the program finds on its standard input.
    func requests(for message: Message, in context: RenderContext) throws(TargetProblem) -> [TargetRequest] {
        let body: OrderedJSON =
            switch message {
            case .alert(let event): WebhookBody.json(event, texts: context.texts)
            case .digest(let digest): WebhookBody.json(digest, texts: context.texts)
            }
        let name = PercentEncoding.encode(context.options.hook.name)
        return [
            TargetRequest(
                url: "http://localhost/v1/hooks/\(name)", headers: [HTTPHeader("Content-Type", "application/json")],
                body: body.bytes)
        ]
    }

    /// How to reach the runner, which answers when the program has ended.
    static func connection(_ options: HookOptions) -> ConnectionOptions {
        let limit = options.timeout + options.timeout + margin
        return ConnectionOptions(
            connectTimeout: .seconds(5), timeout: limit, lowSpeedTime: limit, proxy: .none, unixSocket: options.socket)
    }

    // MARK: - Verdict

    func judge(_ answer: Answer) -> Verdict {
        guard let json = answer.json, let result = json["result"]?.stringValue else {
            return answer.verdict(
                .tryAgain(retryAfter: nil), "the program behind `socket` is not a hooks runner; check `socket`")
        }
        let output = json["output"]?.stringValue
        func verdict(_ outcome: DeliveryOutcome, code: String, _ reason: String? = nil) -> Verdict {
            Verdict(outcome, code: code, reason: reason, answer: output)
        }
        let number = json["code"]?.integerValue ?? -1
        switch result {
        case "exited" where number == 0:
            return verdict(.delivered, code: "exit 0")
        case "exited" where number == 75:
            return verdict(
                .tryAgain(retryAfter: nil), code: "exit 75", "the hook asks to be run again (exit status 75)")
        case "exited" where number > 0:
            return verdict(
                .messageRefused, code: "exit \(number)",
                "the hook failed with exit status \(number); `polarai-daemon alerts show` has its output")
        case "killed":
            return verdict(
                .messageRefused, code: "signal \(number)",
                "the hook was ended by signal \(number); `polarai-daemon alerts show` has its output")
        case "timeout":
            return verdict(
                .messageRefused, code: "timeout",
                "the hook took longer than its `timeout` and was killed; make it faster, or raise `timeout`")
        case "cannot_start":
            let words = json["error"]?.stringValue?.onOneLine ?? "the program cannot be started"
            return verdict(
                .targetBroken, code: "cannot_start",
                "\(words); check the hook's `command`, and that the user of the hooks runner may run it")
        case "unknown":
            return verdict(
                .targetBroken, code: "unknown",
                "the hooks runner does not know this hook; after a change of `hooks`, run "
                    + "`systemctl restart polarai-hooks`")
        case "stopped":
            return verdict(
                .tryAgain(retryAfter: nil), code: "stopped",
                "the hooks runner was stopped while it ran the hook; a retry runs the hook again")
        case "busy":
            return verdict(
                .tryAgain(retryAfter: nil), code: "busy",
                "another hook of the same task is still running, or the limit of running hooks is reached; the alert is retried"
            )
        default:
            let words =
                json["error"]?.stringValue?.onOneLine ?? "it answered \"\(result.onOneLine.cut(to: 40, .scalars))\""
            return verdict(
                .tryAgain(retryAfter: nil), code: "HTTP \(answer.status)", "the hooks runner failed: \(words)")
        }
    }

    func explain(_ error: TransportError, in settings: TargetSettings) -> String? {
        let socket = settings.options.hook.socket
        return switch error.kind {
        case .connect, .resolve:
            "no hooks runner answers at \(socket): start it with `systemctl enable --now polarai-hooks.socket`"
        case .timeout:
            "the hooks runner at \(socket) did not answer in time; the hook may have run, and a retry runs it again"
        case .reset:
            "the hooks runner at \(socket) ended before it answered; the hook may have run, and a retry runs it again"
        default: nil
        }
    }
}
