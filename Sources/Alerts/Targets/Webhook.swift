import Crypto
import HTTPTransport
import Model

/// Any receiver that speaks Standard Webhooks 1.0.0, or takes a body of its own making (`template`).
struct Webhook: AlertTarget {
    let manners = Manners(concurrency: 4)

    func requests(for message: Message, asPlainText: Bool, in context: RenderContext) throws(TargetProblem)
        -> [TargetRequest]
    {
        guard case .alert(let event) = message else { throw TargetProblem("a webhook gets every event by itself") }
        let standard = WebhookBody.json(event, language: context.language)
        let template = context.options.template.map(WebhookTemplate.init)
        let body = template.map { Array($0.fill(from: standard).utf8) } ?? standard.bytes
        let seconds = context.now.seconds
        var headers = [
            HTTPHeader("Content-Type", template?.isJSON == false ? "text/plain; charset=utf-8" : "application/json"),
            HTTPHeader("webhook-id", event.id),
            HTTPHeader("webhook-timestamp", "\(seconds)"),
        ]
        var signatures: [String] = []
        if !context.secrets.isEmpty {
            var keys: [SymmetricKey] = []
            for secret in context.secrets { keys.append(try StandardWebhook.key(secret)) }
            let signature = StandardWebhook.signature(id: event.id, seconds: seconds, body: body, keys: keys)
            headers.append(HTTPHeader("webhook-signature", signature))
            signatures = signature.split(separator: " ").map { String($0.dropFirst("v1,".count)) }
        }
        // A header of the config wins, but for the three that the receiver verifies.
        headers.removeAll { header in
            header.name == "Content-Type" && context.headers.contains { $0.name.lowercased() == "content-type" }
        }
        headers += context.headers.filter { !$0.name.lowercased().hasPrefix("webhook-") }
        return [TargetRequest(url: try context.url(), headers: headers, body: body, signatures: signatures)]
    }

    /// Any 2xx is the receiver's word (Standard Webhooks, "Delivery"); 410 says that it wants no more.
    func judge(_ answer: Answer) -> Verdict {
        if let verdict = StatusRules.verdict(for: answer) { return verdict }
        return answer.verdict(.delivered)
    }
}
