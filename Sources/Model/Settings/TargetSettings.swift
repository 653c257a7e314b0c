/// Who is notified, and how: one entry of `targets`, validated.
package struct TargetSettings: Hashable, Sendable {
    /// The key under `targets`.
    package var name: String
    package var kind: TargetKind
    /// Where to send; more than one only for Alertmanager's replicas, none for `systemd`.
    package var urls: [Secret]
    package var delivery: DeliverySettings
    package var connection: ConnectionSettings
    /// Nil means what the service documents.
    package var rate: RateLimit?
    package var language: Language
    /// The IANA name of the time zone in which messages state times (`Asia/Shanghai`); nil means UTC.
    package var timeZone: String?
    package var options: TargetOptions

    package init(
        name: String, kind: TargetKind, urls: [Secret] = [], delivery: DeliverySettings = DeliverySettings(),
        connection: ConnectionSettings = ConnectionSettings(), rate: RateLimit? = nil, language: Language = .english,
        timeZone: String? = nil, options: TargetOptions = TargetOptions()
    ) {
        self.name = name
        self.kind = kind
        self.urls = urls
        self.delivery = delivery
        self.connection = connection
        self.rate = rate
        self.language = language
        self.timeZone = timeZone
        self.options = options
    }
}

/// When to try again and when to stop.
package struct DeliverySettings: Hashable, Sendable {
    /// The waits after the first, second, … failed attempt; the last one repeats. ±20 % is added when used.
    package var retry: [Duration]
    /// How long after an alert was made it is given up.
    package var giveUpAfter: Duration

    package init(
        retry: [Duration] = [
            .seconds(5), .seconds(30), .seconds(120), .seconds(300), .seconds(900), .seconds(1800), .seconds(3600),
        ],
        giveUpAfter: Duration = .seconds(72 * 3600)
    ) {
        self.retry = retry
        self.giveUpAfter = giveUpAfter
    }
}

/// How a server is reached. TLS is always verified; this cannot be turned off.
package struct ConnectionSettings: Hashable, Sendable {
    /// A proxy's URL; nil means what the environment says.
    package var proxy: Secret?
    /// A file of PEM certificates to trust in place of the system's.
    package var caFile: String?
    package var clientCertificate: String?
    package var clientKey: String?
    package var connectTimeout: Duration
    /// The whole request, connecting included.
    package var timeout: Duration

    package init(
        proxy: Secret? = nil, caFile: String? = nil, clientCertificate: String? = nil, clientKey: String? = nil,
        connectTimeout: Duration = .seconds(5), timeout: Duration = .seconds(20)
    ) {
        self.proxy = proxy
        self.caFile = caFile
        self.clientCertificate = clientCertificate
        self.clientKey = clientKey
        self.connectTimeout = connectTimeout
        self.timeout = timeout
    }
}

/// What only some kinds of target take; what a kind does not take stays at its default.
package struct TargetOptions: Hashable, Sendable {
    /// `secret`: one, or several while rotating.
    package var secrets: [Secret]
    /// `headers` of a webhook.
    package var headers: [String: Secret]
    /// `template` of a webhook's body.
    package var template: String?
    /// `format` of a webhook.
    package var format: WebhookFormat
    /// `keyword` of a robot that lets only messages with it through.
    package var keyword: String?
    package var mention: Mention
    /// Under the keys that only the target's kind has, by name.
    package var own: [String: TargetOptionValue]
    /// Alertmanager: how long a failure is held firing.
    package var hold: Duration
    package var cloudMonitor: CloudMonitorOptions
    /// The hook of a `command`.
    package var hook: HookOptions
    package var mail: MailOptions

    package init(
        secrets: [Secret] = [], headers: [String: Secret] = [:], template: String? = nil,
        format: WebhookFormat = .standard, keyword: String? = nil, mention: Mention = Mention(),
        own: [String: TargetOptionValue] = [:], hold: Duration = .seconds(3600),
        cloudMonitor: CloudMonitorOptions = CloudMonitorOptions(), hook: HookOptions = HookOptions(),
        mail: MailOptions = MailOptions()
    ) {
        self.secrets = secrets
        self.headers = headers
        self.template = template
        self.format = format
        self.keyword = keyword
        self.mention = mention
        self.own = own
        self.hold = hold
        self.cloudMonitor = cloudMonitor
        self.hook = hook
        self.mail = mail
    }
}

/// Whom a chat message calls.
package struct Mention: Hashable, Sendable {
    package var mobiles: [String]
    package var userIDs: [String]
    /// Everybody in the room; only where the config says so.
    package var everybody: Bool
    /// Slack, Discord, Mattermost: put in front of the message as it is.
    package var text: String?

    package init(mobiles: [String] = [], userIDs: [String] = [], everybody: Bool = false, text: String? = nil) {
        self.mobiles = mobiles
        self.userIDs = userIDs
        self.everybody = everybody
        self.text = text
    }
}
