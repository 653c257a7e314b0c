package import HTTPTransport
package import Model

/// One service that takes alerts: how a message looks there, and what its answers mean. Pure.
package protocol AlertTarget: Sendable {
    /// What a config may say of it, and how it is recognised.
    var kind: TargetKind { get }

    /// How the service wants to be treated.
    var manners: Manners { get }

    /// The target as it is configured, if its settings change how it writes or judges.
    func configured(by settings: TargetSettings) -> any AlertTarget

    /// The requests that carry the message, to be sent in this order; all of them must succeed, unless they are for
    /// replicas (`Manners.hasReplicas`). The same message, the same settings and the same moment give the same bytes.
    ///
    /// - Throws: `TargetProblem` if the settings do not allow it: nothing is sent then, the target is broken.
    func requests(for message: Message, in context: RenderContext) throws(TargetProblem) -> [TargetRequest]

    /// What the service made of it. Reasons name what an operator can fix; the caller takes secrets out of them.
    func judge(_ answer: Answer) -> Verdict

    /// Why there was no answer, if the transport's own words say nothing to an operator; nil keeps them.
    func explain(_ error: TransportError, in settings: TargetSettings) -> String?
}

extension AlertTarget {
    package func configured(by settings: TargetSettings) -> any AlertTarget { self }

    package func explain(_ error: TransportError, in settings: TargetSettings) -> String? { nil }
}

/// How a service wants to be treated.
package struct Manners: Hashable, Sendable {
    /// How many requests it takes side by side.
    package var concurrency = 1
    /// The service's documented rate, with a margin; nil if it documents none.
    package var pace: Pace?
    /// What to wait after refusals in a row for sending too fast, if it does not say.
    package var throttlePauses: [Duration] = [.seconds(30), .seconds(60), .seconds(300)]
    /// How many events one of its messages can name; nil if every event must arrive by itself.
    package var digestCapacity: Int?
    /// How many events that belong together one of its messages can name, even if a long queue is sent one by one; nil
    /// means `digestCapacity`.
    package var groupCapacity: Int?
    /// The service is crowded at full and half hours: what can wait half a minute should.
    package var avoidsHalfHours = false
    /// The status line is the service's word, whatever its body is.
    package var statusDecides = false
    /// The one status for which the same holds, as the service's documented proof; nil if there is none.
    package var decidingStatus: Int?
    /// Whether a refused message can be sent once more in a plainer form.
    package var hasPlainForm = true
    /// The requests of a message are one for each replica of the service: an alert is delivered once one of them has it,
    /// and what is repeated goes to all of them.
    package var hasReplicas = false
}

/// A request as a target wants it; connection and limits come from the settings.
package struct TargetRequest: Hashable, Sendable {
    package var url: String
    package var headers: [HTTPHeader] = []
    package var body: [UInt8]
    /// Made for this request; good for a replay until their time is over, so nobody else may read them.
    var signatures: [String] = []
    /// What an account's credentials sign when it is sent; `url` and `headers` are without the signature until then.
    var cloudCall: CloudCall?
}

extension TargetRequest {
    /// A POST of JSON.
    init(url: String, json: OrderedJSON, headers: [HTTPHeader] = [], signatures: [String] = []) {
        self.init(
            url: url, headers: [HTTPHeader("Content-Type", "application/json; charset=utf-8")] + headers,
            body: json.bytes, signatures: signatures)
    }
}

/// What a target's settings come to at the moment of an attempt: secrets read, the clock looked at.
package struct RenderContext: Sendable {
    package var target: String
    package var urls: [String] = []
    /// `secret`: one, or several while rotating.
    package var secrets: [String] = []
    package var headers: [HTTPHeader] = []
    /// Under the keys that only its kind has, by name.
    package var ownSecrets: [String: String] = [:]
    /// Of a mail server's login.
    package var password: String?
    package var options = TargetOptions()
    package var language = Language.english
    /// In which messages state times.
    package var zone = MessageZone.utc
    /// Whether the service refused the rich form of this message: it gets the plain one.
    package var asPlainText = false
    /// Which kinds of trouble of the event's subject this service still has open (`failed`, `stalled`, …); nil if that
    /// is not known. What is not open needs no message that closes it.
    package var openTroubles: Set<EventKind>?
    /// The moment of the attempt, by this host's clock.
    package var now: Timestamp
    /// How far the receiver's clock is ahead of this host's; zero if that is not known.
    package var clockOffset = Duration.zero

    /// The moment of the attempt by the receiver's clock: signatures and their times are made of it.
    var signingTime: Timestamp { now.advanced(by: clockOffset) }

    var texts: any Texts { language.texts(in: zone) }

    /// The target's one address.
    func url() throws(TargetProblem) -> String {
        guard let url = urls.first else { throw TargetProblem("`url` is missing in the config") }
        return url
    }

    /// The target's one address, else the service's own.
    func url(of kind: TargetKind) throws(TargetProblem) -> String {
        if urls.isEmpty, let url = kind.rules.defaultURL { return url }
        return try url()
    }
}

/// Why a message cannot even be written: the settings are wrong. Holds no secret.
package struct TargetProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package let reason: String

    package init(_ reason: String) {
        self.reason = reason
    }

    package var description: String { reason }
}
