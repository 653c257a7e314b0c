/// Which of the waiting alerts of a target one message tells together. The raw value is stored.
package enum DigestGroup: String, Hashable, Sendable {
    /// All of them, oldest first: more wait than the service takes messages.
    case backlog
    /// Tasks that ended long before they were first looked at: history, not news.
    case endedLongAgo = "ended_long_ago"
    /// Targets that fail or work again: one cause often breaks several.
    case targets

    /// The group that an event belongs to by its nature; nil if it is sent by itself.
    package init?(of event: Event) {
        switch event.kind {
        case .targetFailing, .targetRecovered: self = .targets
        default:
            guard event.endedLongAgo else { return nil }
            self = .endedLongAgo
        }
    }

    /// Whether an event can be a member.
    package func contains(_ event: Event) -> Bool {
        self == .backlog || DigestGroup(of: event) == self
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
