/// Where an alert stands. The raw value is its `state` outside.
package enum AlertState: String, CaseIterable, Sendable {
    /// Waits for its turn or its next attempt.
    case pending
    /// Waits for the end of a silence, or for the hours of its routes.
    case held
    /// The receiver proved that it has the message.
    case delivered
    /// The receiver only promised to handle it (202).
    case accepted
    /// Refused, given up or without a target; stays listed until retried or dropped.
    case dead
    /// Not sent on purpose; the reason is kept.
    case suppressed
    /// Sent as a line of a digest.
    case digested
}

/// How one attempt to deliver ended.
package enum DeliveryOutcome: Hashable, Sendable {
    case delivered
    /// The service only promised: a 202 whose work may still fail unseen.
    case accepted
    /// The whole credential waits, at least this long.
    case throttled(retryAfter: Duration?)
    /// Network, 5xx, an unreadable 200: the same again later.
    case tryAgain(retryAfter: Duration?)
    /// This message will never be taken as it is.
    case messageRefused
    /// Nothing will be taken from us until an operator fixes it.
    case targetBroken

    /// As `alerts show` and the figures have it.
    package var word: String {
        switch self {
        case .delivered: "delivered"
        case .accepted: "accepted"
        case .throttled: "throttled"
        case .tryAgain: "try_again"
        case .messageRefused: "message_refused"
        case .targetBroken: "target_broken"
        }
    }

    package static let words = ["delivered", "accepted", "throttled", "try_again", "message_refused", "target_broken"]
}

/// An attempt's outcome with what an operator wants to see of it.
package struct Verdict: Hashable, Sendable {
    package let outcome: DeliveryOutcome
    /// The service's own code, else `HTTP 503`, else the transport's word for what failed; nil if nothing was sent.
    package let code: String?
    /// The HTTP status; nil without an answer.
    package let httpStatus: Int?
    /// Why it was not delivered and what to do, secrets masked; nil where it was.
    package let reason: String?
    /// The first 4 KiB of the answer, secrets masked.
    package let answer: String?
    /// How long the service wants no further message, though it took this one: the whole credential waits.
    package let pause: Duration?
    /// Where the service says that the chat is now: a Telegram group that became a supergroup. Checked to be a number.
    package let newChatID: String?
    /// How it stands with a mail's recipients; nil if it is not a mail, or nothing has changed.
    package let mail: MailProgress?

    package init(
        _ outcome: DeliveryOutcome, code: String? = nil, httpStatus: Int? = nil, reason: String? = nil,
        answer: String? = nil, pause: Duration? = nil, newChatID: String? = nil, mail: MailProgress? = nil
    ) {
        self.outcome = outcome
        self.code = code
        self.httpStatus = httpStatus
        self.reason = reason
        self.answer = answer
        self.pause = pause
        self.newChatID = newChatID
        self.mail = mail
    }
}
