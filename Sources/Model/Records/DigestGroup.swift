/// Which of the waiting alerts of a target one message reports together.
package enum DigestGroup: Hashable, Sendable {
    /// All of them, oldest first: more wait than the service takes messages.
    case backlog
    /// Tasks that ended long before they were first looked at: history, not news.
    case endedLongAgo
    /// Targets that fail or work again: one cause often breaks several.
    case targets
    /// Those whose hold ended together: the number of the last of them.
    case held(through: Int64)

    /// The group that an alert belongs to by its nature; nil if it is sent by itself.
    package init?(of alert: PendingAlert) {
        if let through = alert.digestThrough {
            self = .held(through: through)
        } else {
            self.init(of: alert.event.event)
        }
    }

    /// The group that an event belongs to by its nature; nil if it is sent by itself.
    package init?(of event: Event) {
        switch event.kind {
        case .targetFailing, .targetRecovered: self = .targets
        default:
            guard event.endedLongAgo else { return nil }
            self = .endedLongAgo
        }
    }

    /// Whether an alert can be a member.
    package func contains(_ alert: PendingAlert) -> Bool {
        self == .backlog || DigestGroup(of: alert) == self
    }

    /// As it is stored, beside the number of the digest's last event.
    package var word: String {
        switch self {
        case .backlog: "backlog"
        case .endedLongAgo: "ended_long_ago"
        case .targets: "targets"
        case .held: "held"
        }
    }

    /// - Returns: nil if a later version wrote it.
    package init?(word: String, through: Int64?) {
        switch (word, through) {
        case ("backlog", _): self = .backlog
        case ("ended_long_ago", _): self = .endedLongAgo
        case ("targets", _): self = .targets
        case ("held", let through?): self = .held(through: through)
        default: return nil
        }
    }
}

/// A Telegram group that became a supergroup, with another id.
package struct MovedChat: Hashable, Sendable {
    /// `chat_id` of the config at that time: once the config names another one, the move is history.
    package let configured: String
    /// The id to use in its place.
    package let current: String

    package init(configured: String, current: String) {
        self.configured = configured
        self.current = current
    }
}

extension TargetRecord {
    /// Where the service says that the chat of the config is now.
    package var movedChat: MovedChat? {
        get {
            guard let chatIDReplaced, let chatID else { return nil }
            return MovedChat(configured: chatIDReplaced, current: chatID)
        }
        set {
            chatID = newValue?.current
            chatIDReplaced = newValue?.configured
        }
    }
}

/// An alert whose event this version cannot read: a later version wrote it.
package struct UnreadableAlert: Hashable, Sendable {
    package let key: AlertKey
    /// The event's name as it is stored.
    package let kind: String

    package init(key: AlertKey, kind: String) {
        self.key = key
        self.kind = kind
    }
}
