package import Model

extension Texts {
    /// `silence 3 (host moves); the notification hours of routes[0]`; nil if nothing held it.
    func heldBy(_ reasons: [HoldReason]) -> String? {
        guard !reasons.isEmpty else { return nil }
        let shown = reasons.prefix(5).map { phrase(.hold($0)) }
        let hidden = reasons.count - shown.count
        return (shown + (hidden > 0 ? [more(hidden)] : [])).joined(separator: phrase(.separator))
    }
}

/// The parts that reminders, summaries and held alerts are made of.
package enum RulePhrase: Hashable, Sendable {
    /// Between the items of a list in a sentence.
    case separator
    /// Between short items, and between a task and what is said of it.
    case comma
    /// An account with its region, in place of a task.
    case account(String)
    /// That a message is a test, and what to do.
    case test
    case hold(HoldReason)
    /// How many events are open.
    case open(Int)
    case since(Timestamp)
    /// When an event happened that a reminder lists, or since when it goes on.
    case openSince(Timestamp, EventKind)
    /// What a summary covers, and what ended in it.
    case summary(SummaryFigures)
    case acknowledged(by: String)
    case notAcknowledged
    case running(String, progress: String?, end: Timestamp?)
    case moreRunning(Int)
    /// Failures that a summary does not list.
    case moreFailed(Int)
    case silence(id: Int64, comment: String, until: Timestamp)
    case failingTarget(String, since: Timestamp)
    case deadAlerts(Int)
    case heldAlerts(Int)
    /// Why an event was made.
    case reason(EventReason)
}

extension Event {
    /// Made by `test-alert`: about a task that does not exist.
    var isTest: Bool { reason == .test }

    /// Where the training is; nil if neither step nor epoch is known.
    var knownProgress: TrainingProgress? {
        progress.flatMap { $0.step == nil && $0.epoch == nil ? nil : $0 }
    }

    /// Whether `polarai-daemon ack` takes its id: that of an escalation means the event that it is about.
    var canBeAcknowledged: Bool { kind.canBeAcknowledged || kind == .escalated }

    /// How many events a reminder lists.
    var openCount: Int {
        if case .reminder(let items)? = content { items.count } else { 0 }
    }

    /// What to write after `polarai-daemon ack` for everything that a reminder lists: the ids, if they are few.
    var idsToAcknowledge: String {
        guard case .reminder(let items)? = content, (1...3).contains(items.count) else { return "ID" }
        return items.map(\.id.onOneLine).joined(separator: " ")
    }

    /// What an escalated event was before: it is described like that.
    var original: Event {
        var original = self
        original.kind = troubleKind
        original.observedAt = troubleObservedAt
        original.content = nil
        return original
    }
}
