import HTTPTransport
import Model

/// A message ready to be sent: rendered and signed.
struct PreparedMessage: Sendable {
    let service: any AlertTarget
    let requests: [TargetRequest]
    let connection: ConnectionOptions
    let redaction: Redaction
    let settings: TargetSettings
    /// By which the signatures are dated.
    let clockOffset: Duration
    /// Whether it is delivered once one of several requests was, whatever became of the others.
    var oneProofIsEnough = false
    var isSigned: Bool { requests.contains { !$0.signatures.isEmpty || $0.cloudCall != nil } }
}

/// A target's settings with its secrets read: lives for one attempt.
struct ResolvedTarget: Sendable {
    let context: RenderContext
    let connection: ConnectionOptions
    let redaction: Redaction

    /// - Throws: what `read` throws; it names the place of the secret, never the secret.
    init(_ settings: TargetSettings, read: SecretReader, now: Timestamp, clockOffset: Duration = .zero) throws {
        let options = settings.options
        let headers = try options.headers.sorted { $0.key < $1.key }
            .map { HTTPHeader($0.key, try read($0.value)) }
        context = RenderContext(
            target: settings.name,
            urls: try settings.urls.map { try read($0).trimmed },
            secrets: try options.secrets.map { try read($0).trimmed },
            headers: headers,
            ownSecrets: try options.ownSecrets.mapValues { try read($0).trimmed },
            password: try options.mail.password.map(read), options: options, language: settings.language,
            zone: MessageZone(named: settings.timeZone), now: now,
            clockOffset: clockOffset)
        connection =
            settings.kind == .command
            ? Command.connection(options.hook) : try ConnectionOptions(settings.connection, read: read)
        let proxy = try settings.connection.proxy.map(read)
        redaction = Redaction(
            secrets: context.secrets + headers.map(\.value)
                + context.ownSecrets.values + [context.password].compactMap { $0 },
            urls: context.urls + [proxy].compactMap { $0 })
    }
}

extension TargetRequest {
    var hasWebAddress: Bool {
        let scheme = url.prefix(8).lowercased()
        return scheme.hasPrefix("https://") || scheme.hasPrefix("http://")
    }
}
