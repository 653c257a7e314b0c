/// An alert whose turn it is: the oldest pending one of its target and cluster.
package struct PendingAlert: Hashable, Sendable {
    package let event: StoredEvent
    package let target: String
    /// How many attempts were made.
    package let attempts: Int
    package let createdAt: Timestamp
    package let nextAttemptAt: Timestamp
    /// The rich form was refused; the next attempt is the plain text.
    package let asPlainText: Bool
    /// Who has it already, if it is a mail.
    package let mail: MailProgress
    /// What held it until its time came; empty if nothing did.
    package let heldBy: [HoldReason]
    /// Alerts whose hold ended together are one message: the number of the last of them. Nil: by itself.
    package let digestThrough: Int64?

    package init(
        event: StoredEvent, target: String, attempts: Int, createdAt: Timestamp, nextAttemptAt: Timestamp,
        asPlainText: Bool, mail: MailProgress = MailProgress(), heldBy: [HoldReason] = [], digestThrough: Int64? = nil
    ) {
        self.heldBy = heldBy
        self.digestThrough = digestThrough
        self.event = event
        self.target = target
        self.attempts = attempts
        self.createdAt = createdAt
        self.nextAttemptAt = nextAttemptAt
        self.asPlainText = asPlainText
        self.mail = mail
    }

    package var key: AlertKey { AlertKey(seq: event.seq, target: target) }
}

/// Names one alert: one event for one target.
package struct AlertKey: Hashable, Sendable {
    package let seq: Int64
    package let target: String

    package init(seq: Int64, target: String) {
        self.seq = seq
        self.target = target
    }
}

/// What an attempt (or a decision without one) makes of an alert.
package struct Settlement: Hashable, Sendable {
    package let alert: AlertKey
    package let state: AlertState
    /// Required if `state` is pending, nil otherwise.
    package let nextAttemptAt: Timestamp?
    package let asPlainText: Bool
    /// Nil if nothing was sent: given up, digested, target removed.
    package let attempt: AttemptRecord?
    /// Why it stands so, for `alerts list`; the attempt's reason if nil.
    package let note: String?

    package init(
        alert: AlertKey, state: AlertState, nextAttemptAt: Timestamp? = nil, asPlainText: Bool = false,
        attempt: AttemptRecord? = nil, note: String? = nil
    ) {
        self.alert = alert
        self.state = state
        self.nextAttemptAt = nextAttemptAt
        self.asPlainText = asPlainText
        self.attempt = attempt
        self.note = note
    }
}

/// One attempt to deliver, for `alerts show`.
package struct AttemptRecord: Hashable, Sendable {
    package let startedAt: Timestamp
    package let duration: Duration
    package let verdict: Verdict

    package init(startedAt: Timestamp, duration: Duration, verdict: Verdict) {
        self.startedAt = startedAt
        self.duration = duration
        self.verdict = verdict
    }
}

/// What is remembered of a target, so that a restart neither forgets a wait nor a suspension.
package struct TargetRecord: Hashable, Sendable {
    package let name: String
    /// Nothing is sent before this: `Retry-After` and similar.
    package var blockedUntil: Timestamp?
    /// The token bucket: what was left, and when.
    package var tokens: Double?
    package var tokensAt: Timestamp?
    /// How many attempts in a row found the target broken.
    package var brokenStreak: Int
    /// Set while it is suspended.
    package var suspendedSince: Timestamp?
    /// When a suspended target is tried next.
    package var probeAt: Timestamp?
    /// Why it is suspended, for an operator.
    package var trouble: String?
    /// While a digest is being sent: it contains the pending alerts up to and including this event's number. Kept, so
    /// that after a crash the same digest goes out again and not a longer one.
    package var digestThrough: Int64?
    /// The chat that the service says a conversation was moved to, used in place of the one in the config.
    package var chatID: String?
    /// The config's chat that `chatID` replaces: once the config names another one, `chatID` does not apply any more.
    package var chatIDReplaced: String?
    /// Which of the alerts up to `digestThrough` the digest names.
    package var digestGroup = DigestGroup.backlog

    package init(name: String) {
        self.name = name
        brokenStreak = 0
    }
}
