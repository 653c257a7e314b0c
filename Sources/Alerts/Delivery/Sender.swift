import Files
package import HTTPTransport
package import Model

/// Makes one attempt: reads the secrets, renders, signs, sends, judges. Of one attempt the next one knows only how far
/// the receiver's clock is from this host's, so rotated secrets are picked up and every signature is fresh.
package struct Sender: Sendable {
    private let registry: TargetRegistry
    private let client: any HTTPClient
    private let read: SecretReader
    private let journal: @Sendable (StoredEvent) async -> Bool
    private let now: @Sendable () -> Timestamp
    private let knownOffset: @Sendable () -> Duration
    private let sign: CloudSigner
    private let mails: any MailClient
    private let clocks: ReceiverClocks

    /// - Parameters:
    ///   - registry: the targets there are.
    ///   - read: reads a secret at each attempt.
    ///   - journal: writes a `systemd` target's entry for an event; false if the journal did not take it.
    ///   - now: this host's wall clock.
    ///   - knownOffset: how far this host's clock is behind the right time, as far as others have found out: goes into
    ///     signatures until the receiver's own clock is known.
    ///   - clocks: what is known of the receivers' clocks: shared with the sender of the next config.
    package init(
        _ registry: TargetRegistry = .builtIn, client: any HTTPClient, read: @escaping SecretReader,
        journal: @escaping @Sendable (StoredEvent) async -> Bool = { _ in true },
        sign: @escaping CloudSigner = Self.signsNothing, mails: any MailClient = CurlMailClient(),
        now: @escaping @Sendable () -> Timestamp, knownOffset: @escaping @Sendable () -> Duration = { .zero },
        clocks: ReceiverClocks = ReceiverClocks()
    ) {
        self.registry = registry
        self.client = client
        self.read = read
        self.journal = journal
        self.sign = sign
        self.mails = mails
        self.now = now
        self.knownOffset = knownOffset
        self.clocks = clocks
    }

    /// Makes the attempt.
    ///
    /// - Returns: nil if it was cut off by a cancelled task: it has no outcome then and costs nothing.
    package func attempt(_ start: Start, to settings: TargetSettings) async -> FinishedAttempt? {
        let startedAt = now()
        var settings = settings
        if let chat = start.chat, chat.configured == settings.options[text: Telegram.chatOption] {
            settings = settings.inChat(chat.current)
        }
        guard
            let verdict = await send(
                start.message, asPlainText: start.asPlainText, openTroubles: start.openTroubles, mail: start.mail,
                oneReplicaIsEnough: true, to: settings)
        else { return nil }
        return FinishedAttempt(
            start, startedAt: startedAt, duration: max(now().since(startedAt), .zero), verdict: verdict)
    }

    /// Sends one message.
    ///
    /// - Parameters:
    ///   - openTroubles: what the service still has open of the event's subject; nil if that is not known.
    ///   - oneReplicaIsEnough: whether one replica's proof delivers it; a test is to find the one that is down.
    /// - Returns: the verdict, free of secrets; nil if the task was cancelled meanwhile.
    package func send(
        _ message: Message, asPlainText: Bool = false, openTroubles: Set<EventKind>? = nil,
        mail: MailProgress = MailProgress(), oneReplicaIsEnough: Bool = false, to settings: TargetSettings
    ) async -> Verdict? {
        if settings.kind == .email { return await send(message, mail, to: settings) }
        if settings.kind == .systemd, case .alert(let event) = message { return await write(event) }
        return await send(to: settings) {
            prepare(message, asPlainText: asPlainText, openTroubles: openTroubles, to: settings).map { prepared in
                var prepared = prepared
                prepared.oneProofIsEnough = oneReplicaIsEnough && prepared.service.manners.hasReplicas
                return prepared
            }
        }
    }

    /// Repeats alerts that an Alertmanager is to hold; best effort, since the next minute repeats them again.
    ///
    /// - Returns: the worst verdict of all replicas; nil if the task was cancelled meanwhile.
    package func remind(_ held: [FiringAlert], to settings: TargetSettings) async -> Verdict? {
        await send(to: settings) {
            prepare(settings) { context throws(TargetProblem) in
                try Alertmanager().requests(repeating: held, in: context)
            }
        }
    }

    /// The requests that `send` would make, with every secret masked: for `--dry-run`.
    package func dryRun(_ message: Message, to settings: TargetSettings) throws(TargetProblem) -> String {
        if settings.kind == .email {
            let resolved = try resolve(settings)
            let order = try Email.order(
                for: message, to: settings.options.mail.to, in: resolved.context, connection: resolved.connection)
            return resolved.redaction.redact(Email.dryRun(order, Email.mail(message, in: resolved.context)))
        }
        return DryRun.text(try prepare(message, to: settings).get())
    }

    private func write(_ event: StoredEvent) async -> Verdict {
        if await journal(event) { return Verdict(.delivered) }
        return Verdict(
            .tryAgain(retryAfter: nil), code: "journal",
            reason: "the system journal did not take the entry; check systemd-journald and free disk space")
    }

    // MARK: - Preparing

    private func prepare(
        _ message: Message, asPlainText: Bool = false, openTroubles: Set<EventKind>? = nil, to settings: TargetSettings
    ) -> Result<PreparedMessage, TargetProblem> {
        prepare(settings) { context throws(TargetProblem) in
            var context = context
            context.asPlainText = asPlainText
            context.openTroubles = openTroubles
            return try registry.target(for: settings).requests(for: message, in: context)
        }
    }

    private func prepare(
        _ settings: TargetSettings, render: (RenderContext) throws(TargetProblem) -> [TargetRequest]
    ) -> Result<PreparedMessage, TargetProblem> {
        Result { () throws(TargetProblem) -> PreparedMessage in
            let offset = clocks.offset(of: settings.name) ?? knownOffset()
            let resolved = try resolve(settings, clockOffset: offset)
            let requests = try render(resolved.context)
            for request in requests where !request.hasWebAddress {
                throw TargetProblem("`url` begins with neither http:// nor https://")
            }
            return PreparedMessage(
                service: registry.target(for: settings), requests: requests,
                connection: resolved.connection, redaction: resolved.redaction.adding(requests.flatMap(\.signatures)),
                settings: settings, clockOffset: offset)
        }
    }

    private func resolve(
        _ settings: TargetSettings, clockOffset: Duration = .zero
    ) throws(TargetProblem) -> ResolvedTarget {
        do {
            return try ResolvedTarget(settings, read: read, now: now(), clockOffset: clockOffset)
        } catch {
            throw TargetProblem("one of its secrets cannot be read: \(error)")
        }
    }

    // MARK: - Mails

    /// - Parameter progress: who has it already.
    private func send(_ message: Message, _ progress: MailProgress, to settings: TargetSettings) async -> Verdict? {
        let all = settings.options.mail.to
        let recipients = progress.remaining(of: all)
        guard !recipients.isEmpty else { return Verdict(.delivered) }
        do throws(TargetProblem) {
            let resolved = try resolve(settings)
            let order = try Email.order(
                for: message, to: recipients, in: resolved.context, connection: resolved.connection)
            guard let outcome = await mails.send(order) else { return nil }
            return MailVerdict(outcome: outcome, recipients: recipients, before: progress, all: all).verdict
                .redacted(by: resolved.redaction)
        } catch {
            return Verdict(.targetBroken, reason: error.reason)
        }
    }

    /// Greets a mail server and logs in, without a mail.
    ///
    /// - Returns: why that did not work; nil if it did.
    package func checkMailServer(_ settings: TargetSettings) async -> String? {
        do throws(TargetProblem) {
            let resolved = try resolve(settings)
            let order = MailOrder(
                url: try resolved.context.url(), login: Email.login(resolved.context),
                sender: settings.options.mail.from,
                recipients: [], hello: settings.options.mail.helo, mail: nil, connection: resolved.connection)
            guard let outcome = await mails.send(order), outcome.failure != nil else { return nil }
            return MailVerdict(outcome: outcome, recipients: [], before: MailProgress(), all: []).verdict
                .redacted(by: resolved.redaction).reason
        } catch {
            return error.reason
        }
    }

    // MARK: - Sending

    /// - Parameter prepare: reads files, which may be on a mount that does not answer: no thread of a loop waits for it.
    private func send(
        to settings: TargetSettings, prepare: @escaping @Sendable () -> Result<PreparedMessage, TargetProblem>
    ) async -> Verdict? {
        var resends = 1
        while true {
            switch await WorkerThreads.shared.value(of: prepare) {
            case .failure(let problem):
                return Verdict(.targetBroken, reason: problem.reason)
            case .success(let prepared):
                guard let verdict = await send(prepared) else { return nil }
                guard resends > 0, wasMisdated(prepared, verdict) else {
                    return verdict.redacted(by: prepared.redaction)
                }
                resends -= 1
            }
        }
    }

    /// Whether a signature was refused and the receiver's clock turned out to be another than the one that it was dated by.
    private func wasMisdated(_ prepared: PreparedMessage, _ verdict: Verdict) -> Bool {
        guard prepared.isSigned, verdict.outcome == .targetBroken || verdict.outcome == .messageRefused,
            let offset = clocks.offset(of: prepared.settings.name)
        else { return false }
        return (offset - prepared.clockOffset).magnitude > ReceiverClocks.tolerance
    }

    /// All requests at once: Alertmanager's replicas must not wait for one that is down.
    private func send(_ prepared: PreparedMessage) async -> Verdict? {
        guard !prepared.requests.isEmpty else { return Verdict(.delivered) }
        guard prepared.requests.count > 1 else { return await send(prepared.requests[0], prepared) }
        return await withTaskGroup(of: (Int, Verdict?).self, returning: Verdict?.self) { group in
            for (index, request) in prepared.requests.enumerated() {
                group.addTask { (index, await send(request, prepared)) }
            }
            var all: [(Int, Verdict?)] = []
            for await verdict in group { all.append(verdict) }
            // In the order of the requests; without those that were cut off.
            let verdicts = all.sorted(by: { $0.0 < $1.0 }).compactMap { $0.1 }
            if prepared.oneProofIsEnough, let proof = verdicts.first(where: { $0.outcome == .delivered }) {
                return proof
            }
            // Whatever failed has to be sent again; the worst says how.
            return verdicts.count < all.count ? nil : Verdict.worst(of: verdicts)
        }
    }

    private func send(_ request: TargetRequest, _ prepared: PreparedMessage) async -> Verdict? {
        var sent = HTTPRequest(
            method: .post, url: request.url, headers: request.headers, body: request.body,
            connection: prepared.connection, maximumBodySize: Self.answerLimit,
            statusDecides: prepared.service.manners.statusDecides,
            decidingStatus: prepared.service.manners.decidingStatus)
        var secrets = Redaction()
        if let call = request.cloudCall {
            do throws(CloudSigningFailure) {
                let signed = try await sign(call, now().advanced(by: prepared.clockOffset))
                (sent.url, sent.headers, sent.allowsResend) = (signed.url, signed.headers, false)
                secrets = Redaction(secrets: signed.secrets)
            } catch {
                return Verdict(
                    error.isTemporary ? .tryAgain(retryAfter: nil) : .targetBroken, code: "credentials",
                    reason: error.message)
            }
        }
        // A program that runs twice may do harm: the runner's socket is asked once.
        if prepared.settings.kind == .command { sent.allowsResend = false }
        do throws(TransportError) {
            let answer = Answer(try await client.send(sent), receivedAt: now())
            clocks.learn(from: answer, of: prepared.settings.name, isAuthentic: request.isAuthentic)
            return prepared.service.judge(answer).redacted(by: secrets)
        } catch {
            return Self.verdict(for: error, prepared)
        }
    }

    /// For targets of which none needs a signature.
    package static let signsNothing: CloudSigner = { call, _ throws(CloudSigningFailure) in
        throw CloudSigningFailure(
            "the config has no account \(call.account); check the `account` of this target", isTemporary: false)
    }

    /// Enough for the longest answer that a service gives to a message (Discord repeats the whole message).
    private static let answerLimit = 256 * 1024

    private static func verdict(for error: TransportError, _ prepared: PreparedMessage) -> Verdict? {
        let reason = prepared.service.explain(error, in: prepared.settings) ?? error.message
        return switch error.kind {
        case .cancelled: nil
        case .invalidRequest: Verdict(.targetBroken, code: error.kind.rawValue, reason: reason)
        default: Verdict(.tryAgain(retryAfter: nil), code: error.kind.rawValue, reason: reason)
        }
    }
}
