package import Model

/// Everything that alerts say to people, in one language and time zone. A language is one conforming type.
package protocol Texts: Sendable {
    /// A few words for a headline: `Training failed: nightly`.
    func title(of event: Event) -> String
    /// One to four sentences: what happened, to which task, when (by the API's clock), how long it ran, and what to do.
    func sentence(of event: Event) -> String
    /// The event in a word or two.
    func word(for kind: EventKind) -> String
    func label(_ label: FactLabel) -> String
    /// The id at the end of a message: `#k3v9x2ab-17`.
    func footer(_ reference: String) -> String
    /// The id at the end of a digest: `#k3v9x2ab-17..32`.
    ///
    /// - Parameter canAcknowledge: whether one of its lines is an event that somebody can acknowledge.
    func digestFooter(_ reference: String, canAcknowledge: Bool) -> String
    /// A reminder that is read out on the telephone: what is open before what to do.
    ///
    /// - Parameter list: what is open, in one text.
    func spokenReminder(_ event: Event, list: String) -> String
    /// Sentences and lists that are read out on the telephone one after another.
    func speech(_ sentences: [String]) -> String
    /// What was escalated, in a line of a list.
    func escalated(_ subject: String, _ trouble: String) -> String
    /// One line of a list: `failed: nightly (pm-…)`; the word alone if there is no text.
    func entry(_ word: String, _ text: String) -> String
    /// To the minute, with the zone: `2026-11-24 16:00 +08:00`.
    func time(_ time: Timestamp) -> String
    func duration(_ duration: Duration) -> String
    /// Step and epoch: `step 120 of 400, epoch 0.6`.
    func progress(_ progress: TrainingProgress) -> String
    /// `sft, lora`.
    func training(mode: String?, type: String?) -> String?
    /// What a summary counts: `3 completed, 2 failed, 2 running`.
    func counts(of figures: SummaryFigures) -> String
    /// The headline of a digest.
    func digestTitle(_ reason: Digest.Reason, events: Int, failures: Int) -> String
    /// Why there is a digest.
    func digestSentence(_ reason: Digest.Reason) -> String
    /// `3 more`: what a list leaves out.
    func more(_ count: Int) -> String
    /// A part of a reminder, a summary or a held alert.
    func phrase(_ phrase: RulePhrase) -> String
}

/// What a message lists beside its sentence.
package enum FactLabel: String, CaseIterable, Sendable {
    case cluster, status, duration, training, progress, account, labels
    /// When it was detected.
    case time
    /// When it happened, by the API's own clock.
    case happened = "api_time"
    case baseModel = "base_model"
    case modelPaths = "model_paths"
    /// What held the alert until now.
    case heldBy = "held_by"
}

extension Language {
    /// With times in UTC.
    package var texts: any Texts { texts(in: .utc) }

    package func texts(in zone: MessageZone) -> any Texts {
        switch self {
        case .english: English(zone: zone)
        case .chinese: Chinese(zone: zone)
        }
    }
}

extension Texts {
    /// The shortest that distinguishes an event from others, for a headline.
    func shortSubject(of event: Event) -> String? {
        event.title ?? event.cluster?.rawValue ?? event.target
            ?? event.account.map { account in phrase(.account(event.region.map { "\(account)/\($0)" } ?? account)) }
    }
}

extension Event {
    /// The configured name, else the one the task has at Alibaba Cloud; nil if there is neither.
    var title: String? {
        guard let title = (name ?? facts.description)?.onOneLine, !title.isEmpty else { return nil }
        return title.cut(to: 200, .scalars)
    }

    /// Name and id: `nightly (pm-…)`.
    var subject: String? {
        guard let cluster else { return nil }
        guard let title, title != cluster.rawValue else { return cluster.rawValue }
        return "\(title) (\(cluster))"
    }

    /// Why the event was made, in a language's words, else the detail: without the full stop that would end the sentence
    /// around it.
    ///
    /// That an event is a test is said in a sentence of its own.
    func detail(in texts: some Texts) -> String? {
        guard !isTest else { return nil }
        return reason.map { texts.phrase(.reason($0)) } ?? openDetail
    }

    private var openDetail: String? {
        guard let detail = detail?.onOneLine.cut(to: 300, .scalars), !detail.isEmpty else { return nil }
        return detail.withoutFullStop
    }
}

extension Texts {
    /// The sentence for a place that shows no list beside it, such as the journal: a reminder names what is open.
    package func sentenceAlone(of event: Event) -> String {
        var lines = event.kind == .reminder ? Card.ruleLines(of: event, texts: self).map(\.text) : []
        return lines.isEmpty ? sentence(of: event) : spokenReminder(event, list: spokenList(&lines))
    }

    /// The first lines in one text; those that it leaves out stay in `lines`.
    func spokenList(_ lines: inout [String]) -> String {
        let first = Array(lines.prefix(5))
        lines.removeFirst(first.count)
        return (first + (lines.isEmpty ? [] : [more(lines.count)])).joined(separator: phrase(.separator))
    }
}
