import HTTPTransport
import Model

/// A custom event of CloudMonitor, Alibaba Cloud's own monitoring (API 2019-01-01, "PutCustomEvent"): rules there make
/// phone calls, SMS and on-call pages of it. A rule is for one exact event name.
struct CloudMonitor: AlertTarget {
    /// In bytes: the content travels in the address.
    static let longestContent = 2000
    /// 20 calls a second are allowed for the whole account, in which other programs have their share.
    static let rate = RateLimit(count: 300, per: .seconds(60))

    let kind = TargetKind.cloudMonitor
    /// Of a digest, as many events as the content names also in Chinese.
    let manners = Manners(concurrency: 2, pace: Pace(rate), groupCapacity: 14, hasPlainForm: false)

    func requests(for message: Message, in context: RenderContext) throws(TargetProblem) -> [TargetRequest] {
        let options = context.options.cloudMonitor
        let (event, time) = Self.event(of: message)
        let call = CloudCall(
            account: options.account, action: "PutCustomEvent", version: "2019-01-01", endpoint: try context.url(),
            parameters: [
                "EventInfo.1.EventName": options.eventName ?? "polarai_\(event)",
                "EventInfo.1.GroupId": "\(options.groupID)",
                "EventInfo.1.Time": Self.text(of: time ?? context.now),
                "EventInfo.1.Content": Self.content(message, event: event, texts: context.texts).text,
            ])
        return [TargetRequest(call)]
    }

    private static func event(of message: Message) -> (name: String, time: Timestamp?) {
        switch message {
        case .alert(let stored): (stored.event.kind.rawValue, stored.event.observedAt)
        case .digest(let digest): ("digest", digest.events.last?.event.observedAt)
        }
    }

    /// `20261124T080000.123+0000`.
    private static func text(of time: Timestamp) -> String {
        time.rfc3339.replacing("-", with: "").replacing(":", with: "").replacing("Z", with: "+0000")
    }

    private static func content(_ message: Message, event: String, texts: any Texts) -> OrderedJSON {
        let card = Card(message, texts: texts)
        let cluster: String?
        let name: String?
        switch message {
        case .alert(let stored): (cluster, name) = (stored.event.cluster?.rawValue, stored.event.name)
        case .digest: (cluster, name) = (nil, nil)
        }
        func json(_ message: String) -> OrderedJSON {
            [
                "id": .string(BoundedJSON.text(self.id(of: card), upTo: 200)),
                "event": .string(event),
                "cluster": cluster.map { .string(BoundedJSON.text($0, upTo: 200)) } ?? .null,
                "name": name.map { .string(BoundedJSON.text($0.onOneLine, upTo: 300)) } ?? .null,
                "message": .string(message),
            ]
        }
        let left = max(0, longestContent - json("").text.utf8.count)
        let forms = spoken(message, card, texts: texts)
        let text = forms.first { BoundedJSON.text($0, upTo: left) == $0 } ?? forms.last ?? ""
        return json(BoundedJSON.text(text, upTo: left))
    }

    /// What is said, in full first. Of a digest there are shorter forms, since every event of it must be named.
    private static func spoken(_ message: Message, _ card: Card, texts: any Texts) -> [String] {
        let separator = texts.phrase(.separator)
        func all(_ form: KeyPath<Card.Line, String>) -> String {
            card.lines.map { $0[keyPath: form] }.joined(separator: separator)
        }
        switch message {
        case .alert(let stored):
            // It is also read out on the telephone: nothing is said twice.
            var lines = card.lines.map(\.text)
            let opening: String
            if stored.event.kind == .reminder, !lines.isEmpty {
                opening = texts.spokenReminder(stored.event, list: texts.spokenList(&lines))
            } else if !lines.isEmpty {
                opening = texts.entry(texts.word(for: stored.event.kind), card.sentence)
            } else {
                opening = card.sentence
            }
            let held = card.facts.first { $0.key == .heldBy }.map { texts.entry($0.label, $0.value) }
            let list = lines.isEmpty ? nil : lines.joined(separator: separator)
            return [texts.speech([opening, held, list].compactMap(\.self))]
        case .digest:
            let opening = card.title + separator + card.sentence
            return [
                texts.speech([opening, all(\.text)]), texts.speech([opening, all(\.short)]),
                texts.speech([card.title, all(\.short)]), texts.speech([card.title, all(\.brief)]),
                texts.speech([all(\.brief)]),
            ]
        }
    }

    private static func id(of card: Card) -> String { String(card.reference.dropFirst()) }

    // MARK: - Verdict

    /// The proof is the `Code` 200 within a 200: it says that the event was received, not that anybody is called.
    func judge(_ answer: Answer) -> Verdict {
        let json = answer.json
        let code = json?["Code"].flatMap { $0.stringValue ?? $0.integerValue.map { "\($0)" } }?.onOneLine
        if answer.status == 200 {
            if code == "200" { return answer.verdict(.delivered) }
            return answer.verdict(
                .tryAgain(retryAfter: answer.retryAfter), code: code,
                "CloudMonitor did not confirm that it received the event" + Self.words(json))
        }
        guard let code, !code.isEmpty else {
            return StatusRules.verdict(for: answer) ?? StatusRules.unproven(answer, expected: "`Code` 200")
        }
        let (outcome, reason) = Self.meaning(of: code, answer)
        return answer.verdict(outcome, code: code, reason + Self.words(json))
    }

    private static func words(_ json: JSONValue?) -> String {
        guard let message = json?["Message"]?.stringValue?.onOneLine, !message.isEmpty else { return "" }
        return " (\(message.cut(to: 300, .scalars)))"
    }

    /// The codes of Alibaba Cloud's gateway, which stand before any product, and those of CloudMonitor.
    private static func meaning(of code: String, _ answer: Answer) -> (DeliveryOutcome, String) {
        let family = code.prefix { $0 != "." }
        switch family {
        case "Throttling", "RequestLimitExceeded", "LimitExceeded":
            return (.throttled(retryAfter: answer.retryAfter), "rate limited by CloudMonitor")
        case "Forbidden", "NoPermission", "AccessDenied":
            return (
                .targetBroken,
                "the account's credentials may not do this; allow cms:PutCustomEvent on * in their RAM policy"
            )
        case "InvalidAccessKeyId", "IncompleteSignature", "SignatureDoesNotMatch", "InvalidSecurityToken",
            "MissingSecurityToken":
            return (
                .targetBroken,
                "Alibaba Cloud rejects the credentials of the target's `account`; check that account's `credentials`"
            )
        case "InvalidTimeStamp":
            return (.targetBroken, "this host's clock is wrong; set it (timedatectl set-ntp true)")
        case "SignatureNonceUsed", "ServiceUnavailable", "InternalError", "ServiceTimeout":
            return (.tryAgain(retryAfter: answer.retryAfter), "CloudMonitor could not handle the call")
        case "InvalidApi", "InvalidAction", "InvalidVersion", "InvalidProduct":
            return (.targetBroken, "the endpoint does not offer CloudMonitor's PutCustomEvent; check `endpoint`")
        default:
            if answer.status >= 500 || answer.status == 200 {
                return (.tryAgain(retryAfter: answer.retryAfter), "CloudMonitor could not handle the call")
            }
            if answer.status == 429 {
                return (.throttled(retryAfter: answer.retryAfter), "rate limited by CloudMonitor")
            }
            if answer.status == 403 || answer.status == 401 {
                return (
                    .targetBroken,
                    "the account's credentials may not do this; allow cms:PutCustomEvent on * in their RAM policy"
                )
            }
            return (.messageRefused, "CloudMonitor rejected the event; check `group_id` and `event_name`")
        }
    }
}
