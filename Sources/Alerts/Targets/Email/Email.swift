import HTTPTransport
import Model

/// Mails by SMTP (RFC 5321). How their parts look is in `MailMessage` and `MailBody`, what a server's replies mean in
/// `MailVerdict`.
struct Email: AlertTarget {
    /// Mail providers let through some hundred a day.
    static let rate = RateLimit(count: 10, per: .seconds(60))

    let kind = TargetKind.email
    let manners = Manners(pace: Pace(rate), digestCapacity: 50, hasPlainForm: false)

    /// No HTTP: `order` is what is sent.
    func requests(for message: Message, in context: RenderContext) throws(TargetProblem) -> [TargetRequest] {
        []
    }

    func judge(_ answer: Answer) -> Verdict {
        Verdict(.targetBroken, reason: "a mail server does not speak HTTP; \(Advice.report)")
    }

    /// The mail with its envelope, the same bytes on every attempt.
    ///
    /// - Parameter recipients: those of the config that do not have it yet; the others stay in the header.
    static func order(
        for message: Message, to recipients: [String], in context: RenderContext, connection: ConnectionOptions
    ) throws(TargetProblem) -> MailOrder {
        let options = context.options.mail
        let url = try context.url()
        guard url.lowercased().hasPrefix("smtp://") || url.lowercased().hasPrefix("smtps://") else {
            throw TargetProblem("`url` begins with neither smtp:// nor smtps://")
        }
        return MailOrder(
            url: url, login: login(context), sender: options.from, recipients: recipients, hello: options.helo,
            mail: mail(message, in: context).bytes, connection: connection)
    }

    static func login(_ context: RenderContext) -> MailOrder.Login? {
        guard let username = context.options.mail.username, let password = context.password else { return nil }
        return MailOrder.Login(username: username, password: password)
    }

    static func mail(_ message: Message, in context: RenderContext) -> MailMessage {
        let options = context.options.mail
        let card = Card(message, texts: context.texts)
        let domain = options.from.lastIndex(of: "@").map { String(options.from[options.from.index(after: $0)...]) }
        let place = domain ?? "localhost"
        let installation = Self.atom(message.id.prefix { $0 != "-" })
        return MailMessage(
            from: options.from, to: options.to, subject: card.title, date: card.time ?? context.now,
            messageID: "\(Self.atom(message.id)).\(Self.atom(context.target))@\(place)",
            thread: "\(Self.atom(Self.subject(of: message))).\(installation)@\(place)", event: Self.event(of: message),
            text: MailBody.text(card, texts: context.texts), html: MailBody.html(card, language: context.language))
    }

    /// What all mails about one thing have in common.
    private static func subject(of message: Message) -> String {
        switch message {
        case .alert(let stored):
            let event = stored.event
            return event.cluster?.rawValue ?? event.target.map { "target-\($0)" }
                ?? event.account.map { "account-\($0)-\(event.region ?? "")" } ?? event.kind.rawValue
        case .digest: return "digest"
        }
    }

    private static func event(of message: Message) -> String {
        switch message {
        case .alert(let stored): stored.event.kind.rawValue
        case .digest: "digest"
        }
    }

    /// A text as part of a message id: letters, digits and hyphens, which need no quotes.
    private static func atom(_ text: some StringProtocol) -> String {
        let atom = String(
            text.utf8.prefix(120).map { byte in
                byte.isWordCharacter || byte == UInt8(ascii: "-") ? Character(Unicode.Scalar(byte)) : "-"
            })
        return atom.isEmpty ? "polarai" : atom
    }
}
