import Model

extension Verdict {
    /// How much of a reason is kept, in bytes: a receiver may be quoted in it.
    static let longestReason = 2000
    /// How much of an answer is kept, in bytes.
    static let answerLimit = 4096

    /// The verdict without secrets, its answer cut to 4 KiB.
    func redacted(by redaction: Redaction) -> Verdict {
        Verdict(
            outcome, code: code.map(redaction.redact), httpStatus: httpStatus,
            reason: reason.map { redaction.redact($0, upTo: Self.longestReason) },
            answer: answer.flatMap { redaction.redact($0, upTo: Self.answerLimit).nonEmpty }, pause: pause,
            newChatID: newChatID,
            mail: mail.map { MailProgress(accepted: $0.accepted, refused: $0.refused.mapValues(redaction.redact)) })
    }
}
