import HTTPTransport
import Model

/// What a mail server's replies mean (RFC 5321 and 3463), recipient by recipient.
struct MailVerdict {
    let outcome: MailOutcome
    /// Whom the mail was sent to, in the order of the envelope.
    let recipients: [String]
    /// How it stood with the recipients of the config before.
    let before: MailProgress
    /// All recipients of the config.
    let all: [String]

    private var talk: MailTalk { outcome.talk }

    var verdict: Verdict {
        if let reply = talk.reply(to: .mail) { return judge(mail: reply) }
        if talk.isMailUnanswered {
            return Verdict(
                .tryAgain(retryAfter: nil), code: "unanswered",
                reason: "the mail was sent but the server did not confirm it; the retry may arrive as a duplicate with "
                    + "the same Message-ID")
        }
        switch outcome.failure {
        case .transport(let error): return judge(error)
        case .noTLS: return judgeMissingTLS()
        case .noLogin: return judgeMissingLogin()
        case .refused, nil: return judgeRefusal()
        }
    }

    // MARK: - The mail was answered

    private func judge(mail reply: MailTalk.Reply) -> Verdict {
        guard reply.isGood else {
            if reply.mayPass {
                return verdict(
                    isRate(reply) ? .throttled(retryAfter: nil) : .tryAgain(retryAfter: nil), reply,
                    "the mail server could not accept the mail")
            }
            return verdict(
                .messageRefused, reply,
                "the mail server rejected the mail; ask its administrator for the reason, or check `from`")
        }
        var progress = before
        var waiting: [String] = []
        for (index, recipient) in recipients.enumerated() {
            guard let reply = talk.reply(to: .recipient(index)) else { continue }
            if reply.isGood {
                progress.accepted.insert(recipient)
                progress.refused[recipient] = nil
            } else if reply.mayPass {
                waiting.append("\(recipient): \(reply.words)")
            } else {
                progress.refused[recipient] = reply.words
            }
        }
        let others = "the other recipients have the mail"
        if !waiting.isEmpty {
            return Verdict(
                .tryAgain(retryAfter: nil), code: waitingCode,
                reason: "not yet accepted for \(list(waiting)); \(others)",
                answer: reply.words, mail: progress)
        }
        let refused = all.compactMap { address in progress.refused[address].map { "\(address): \($0)" } }
        if !refused.isEmpty {
            return Verdict(
                .messageRefused, code: refusedCode,
                reason:
                    "refused for \(list(refused)); \(others). Correct the address in `to`, run "
                    + "`polarai-daemon reload`, then `polarai-daemon alerts retry ID`: only the corrected address gets the mail",
                answer: reply.words, mail: progress)
        }
        return Verdict(.delivered, code: "\(reply.code)", answer: reply.words, mail: progress)
    }

    private var waitingCode: String? { code { $0.mayPass } }
    private var refusedCode: String? { code { !$0.isGood && !$0.mayPass } }

    private func code(where fits: (MailTalk.Reply) -> Bool) -> String? {
        recipients.indices.compactMap { talk.reply(to: .recipient($0)) }.first(where: fits).map { "\($0.code)" }
    }

    private func list(_ items: [String]) -> String {
        let shown = items.prefix(5).joined(separator: "; ")
        return items.count > 5 ? "\(shown) and \(items.count - 5) more" : shown
    }

    // MARK: - It came to no mail

    private func judgeRefusal() -> Verdict {
        let replies = recipients.indices.compactMap { index in
            talk.reply(to: .recipient(index)).map { (recipients[index], $0) }
        }
        guard let last = talk.replies.last(where: { $0.step != .other }) else {
            return Verdict(.tryAgain(retryAfter: nil), code: "reset", reason: "the mail server did not answer")
        }
        switch last.step {
        case .greeting:
            return verdict(
                last.mayPass ? .tryAgain(retryAfter: nil) : .targetBroken, last,
                "the mail server rejects connections from this host; ask its administrator to allow them")
        case .hello:
            return verdict(
                last.mayPass ? .tryAgain(retryAfter: nil) : .targetBroken, last,
                "the mail server does not accept this host's greeting; check `helo`")
        case .startTLS:
            return verdict(
                last.mayPass ? .tryAgain(retryAfter: nil) : .targetBroken, last,
                "the mail server refuses STARTTLS; check the port in `url`")
        case .login:
            if last.mayPass {
                return verdict(.tryAgain(retryAfter: nil), last, "the mail server cannot check the login now")
            }
            return verdict(
                .targetBroken, last,
                "the mail server refuses the login; check `username` and `password` (many providers require an app "
                    + "password or authorisation code)")
        case .sender:
            if last.mayPass { return passing(last, "the mail server does not accept the sender now") }
            return verdict(.targetBroken, last, "the mail server refuses the sender; check `from` and the login")
        case .recipient: return judge(recipients: replies)
        case .data, .mail, .other:
            // Everybody was refused: some servers say so only here.
            if !replies.isEmpty, replies.allSatisfy({ !$0.1.isGood }) { return judge(recipients: replies) }
            return last.mayPass
                ? passing(last, "the mail server could not accept the mail")
                : verdict(
                    .messageRefused, last,
                    "the mail server rejected the mail; ask its administrator for the reason, or check `from`")
        }
    }

    private func judge(recipients replies: [(String, MailTalk.Reply)]) -> Verdict {
        let waiting = replies.filter { $0.1.mayPass }
        var progress = before
        for (recipient, reply) in replies where !reply.isGood && !reply.mayPass {
            progress.refused[recipient] = reply.words
        }
        if let first = waiting.first {
            let words = list(waiting.map { "\($0.0): \($0.1.words)" })
            let isRate = waiting.allSatisfy { self.isRate($0.1) }
            return Verdict(
                isRate ? .throttled(retryAfter: nil) : .tryAgain(retryAfter: nil), code: "\(first.1.code)",
                reason: "not yet accepted for \(words)", mail: progress)
        }
        let words = list(replies.map { "\($0.0): \($0.1.words)" })
        if let policy = replies.first(where: { isPolicy($0.1) }), replies.allSatisfy({ isPolicy($0.1) }) {
            return Verdict(
                .targetBroken, code: "\(policy.1.code)",
                reason:
                    "the mail server refuses to relay mail for this login or host: \(words); check `username`, `from` and `url`"
            )
        }
        let others = progress.accepted.isEmpty ? "" : "; the other recipients have the mail"
        return Verdict(
            .messageRefused, code: replies.first.map { "\($0.1.code)" },
            reason:
                "refused for \(words)\(others). Correct the address in `to`, run "
                + "`polarai-daemon reload`, then `polarai-daemon alerts retry ID`: only the corrected address gets the mail",
            mail: progress)
    }

    /// It is not the mailbox: nobody would be accepted from here.
    private func isPolicy(_ reply: MailTalk.Reply) -> Bool {
        [530, 535, 538].contains(reply.code) || reply.enhancedCode?.hasPrefix("5.7.") == true
    }

    /// Storage is full, or too many mails came.
    private func isRate(_ reply: MailTalk.Reply) -> Bool {
        reply.code == 452 || reply.enhancedCode?.hasPrefix("4.7.") == true && reply.code != 450 && reply.code != 451
    }

    private func passing(_ reply: MailTalk.Reply, _ words: String) -> Verdict {
        verdict(isRate(reply) ? .throttled(retryAfter: nil) : .tryAgain(retryAfter: nil), reply, words)
    }

    private func verdict(_ outcome: DeliveryOutcome, _ reply: MailTalk.Reply, _ words: String) -> Verdict {
        Verdict(outcome, code: "\(reply.code)", reason: "\(words) (\(reply.words))", mail: before)
    }

    // MARK: - Connection, TLS, login

    private func judgeMissingTLS() -> Verdict {
        if let reply = talk.reply(to: .startTLS), reply.mayPass {
            return verdict(.tryAgain(retryAfter: nil), reply, "the mail server cannot begin TLS now")
        }
        return Verdict(
            .targetBroken, code: "starttls",
            reason: "the mail server offers no STARTTLS, so the mail is not sent; in `url`, use smtps:// if the server "
                + "has a TLS port (465), else smtp:// with the port that offers STARTTLS (587)")
    }

    private func judgeMissingLogin() -> Verdict {
        if let reply = talk.reply(to: .login), !reply.isGood { return judgeRefusal() }
        return Verdict(
            .targetBroken, code: "login",
            reason:
                "the mail server offers no login method that is supported here, though `username` is set; check the port in "
                + "`url`, or remove `username` and `password`")
    }

    private func judge(_ error: TransportError) -> Verdict {
        let isBroken = error.kind == .tls || error.kind == .invalidRequest
        let hint =
            switch error.kind {
            case .tls where talk.replies.isEmpty:
                "; smtps:// is for ports that begin with TLS (465), smtp:// for those that offer STARTTLS (587)"
            case .timeout where talk.replies.isEmpty && error.message.hasPrefix("smtp://"):
                "; if this port begins with TLS, write smtps:// in `url`"
            default: ""
            }
        return Verdict(
            isBroken ? .targetBroken : .tryAgain(retryAfter: nil), code: error.kind.rawValue,
            reason: error.message + hint)
    }
}
