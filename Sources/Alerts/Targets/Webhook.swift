import Crypto
import HTTPTransport
import Model

/// Any receiver that speaks Standard Webhooks 1.0.0 or CloudEvents 1.0, or takes a body of its own making (`template`).
struct Webhook: AlertTarget {
    let kind = TargetKind.webhook
    let manners: Manners
    private let format: WebhookFormat

    /// - Parameter template: one without a place for the message could name no event of a digest: each is sent by itself.
    init(format: WebhookFormat = .standard, template: String? = nil) {
        self.format = format
        let namesEvents = template.map { WebhookTemplate($0).hasPlace(for: "data.message") } ?? true
        manners = Manners(concurrency: 4, groupCapacity: namesEvents ? 200 : nil, statusDecides: true)
    }

    func configured(by settings: TargetSettings) -> any AlertTarget {
        Webhook(format: settings.options.format, template: settings.options.template)
    }

    func requests(for message: Message, in context: RenderContext) throws(TargetProblem) -> [TargetRequest] {
        // The plain form of JSON is the same with less in it.
        let detail: WebhookBody.Detail = context.asPlainText ? .minimal : .full
        let standard: OrderedJSON =
            switch message {
            case .alert(let event): WebhookBody.json(event, texts: context.texts, detail: detail)
            case .digest(let digest):
                WebhookBody.json(
                    digest, texts: context.texts, detail: detail, namesInMessage: context.options.template != nil)
            }
        let ownType = context.headers.last { $0.name.lowercased() == "content-type" }?.value
        let template = context.options.template.map { WebhookTemplate($0, contentType: ownType) }
        let whole = format == .cloudevents ? CloudEvent.json(message, standard: standard) : standard
        var body = template.map { Array($0.fill(from: standard).utf8) } ?? whole.bytes
        let ownDefault = format == .cloudevents ? CloudEvent.contentType : "application/json"
        let seconds = context.signingTime.seconds
        if Planted.isOn(.bodyOfNow) { body += Array(repeating: UInt8(ascii: " "), count: Int(seconds.magnitude % 60)) }
        var headers = [
            HTTPHeader("Content-Type", template?.defaultContentType ?? ownDefault),
            HTTPHeader("webhook-id", message.id),
            HTTPHeader("webhook-timestamp", "\(seconds)"),
        ]
        var signatures: [String] = []
        if !context.secrets.isEmpty {
            var keys: [SymmetricKey] = []
            for secret in context.secrets { keys.append(try StandardWebhook.key(secret)) }
            let signature = StandardWebhook.signature(id: message.id, seconds: seconds, body: body, keys: keys)
            headers.append(HTTPHeader("webhook-signature", signature))
            signatures = signature.split(separator: " ").map { String($0.dropFirst("v1,".count)) }
        }
        // A header of the config wins, but for the three that the receiver verifies.
        headers.removeAll { $0.name == "Content-Type" && ownType != nil }
        headers += context.headers.filter { !$0.name.lowercased().hasPrefix("webhook-") }
        return [TargetRequest(url: try context.url(), headers: headers, body: body, signatures: signatures)]
    }

    /// Any 2xx is the receiver's word, whatever its body (Standard Webhooks, "Delivery"); 410 says that it wants no more.
    /// In CloudEvents' HTTP webhooks 202 only promises to process the event, and 415 refuses the format.
    func judge(_ answer: Answer) -> Verdict {
        if format == .cloudevents, answer.status == 415 {
            return answer.verdict(
                .targetBroken, "the receiver does not accept CloudEvents (415); check `url`, or remove `format`")
        }
        if let verdict = StatusRules.verdict(for: answer) { return verdict }
        return answer.verdict(format == .cloudevents && answer.status == 202 ? .accepted : .delivered)
    }
}
