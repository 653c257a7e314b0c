import Model

/// A message reduced to what every chat service can show; each service's target draws it in its own way.
struct Card: Sendable {
    let tone: Tone
    let title: String
    /// One sentence. Of a digest: why there is one.
    var sentence: String
    /// Whether the sentence names what held the digest, for example a silence. Then the lines are shortened first.
    var sentenceNamesHold = false
    var facts: [Fact]
    /// The lines of a digest, failures first; of a reminder or a summary.
    var lines: [Line]
    /// What stands for lines that are left out. Nil for a digest, of which every line must be sent.
    let more: (@Sendable (Int) -> String)?
    /// The last lines of the training's log.
    var log: [String]
    /// `#k3v9x2ab-17`: what `alerts show` takes.
    let reference: String
    /// The same, as people see it at the end.
    let footer: String
    /// When it was detected; of a digest: the last of its events.
    let time: Timestamp?

    struct Fact: Hashable, Sendable {
        /// What it is, for receivers that are programs.
        let key: FactLabel
        let label: String
        let value: String
        /// Long values get a line of their own.
        var isShort: Bool { value.count <= 40 && !value.contains("\n") }
    }

    /// One event of a digest, one of the open ones in a reminder, or one figure of a summary.
    struct Line: Hashable, Sendable {
        let tone: Tone
        /// `failed: nightly (pm-…), 2026-11-24 08:00 UTC #k3v9x2ab-17`.
        let text: String
        /// `failed: pm-…, 2026-11-24 08:00 UTC #k3v9x2ab-17`, for services that take less.
        let short: String
        /// `failed: pm-… #k3v9x2ab-17`, for those that take even less: what is not named is reported nowhere.
        let brief: String
        /// It stays if others are left out.
        let isImportant: Bool

        init(tone: Tone, text: String, short: String, brief: String? = nil, isImportant: Bool = false) {
            self.isImportant = isImportant
            self.tone = tone
            self.text = text
            self.short = short
            self.brief = brief ?? short
        }
    }

    init(_ message: Message, texts: any Texts) {
        switch message {
        case .alert(let event): self.init(event, texts: texts)
        case .digest(let digest): self.init(digest, texts: texts)
        }
    }

    private init(_ stored: StoredEvent, texts: any Texts) {
        let event = stored.event
        tone = event.kind.tone
        title = texts.title(of: event).onOneLine.cut(to: Self.longestTitle, .scalars)
        sentence = texts.sentence(of: event).onOneLine.cut(to: Self.longestSentence, .scalars)
        lines = Self.ruleLines(of: event, texts: texts)
        let leftOut: @Sendable (Int) -> String = { texts.more($0) }
        more = lines.isEmpty ? nil : leftOut
        facts = lines.isEmpty ? Self.facts(of: stored, texts: texts) : []
        log = event.logLines.suffix(Self.mostLogLines).map { $0.onOneLine.cut(to: 300, .scalars) }
        reference = "#\(stored.id)"
        footer = texts.footer(reference)
        time = event.observedAt
    }

    private init(_ digest: Digest, texts: any Texts) {
        let events = digest.byUrgency
        let failures = events.count { $0.event.kind == .failed }
        tone = events.first?.event.kind.tone ?? .neutral
        title = texts.digestTitle(digest.reason, events: events.count, failures: failures)
        sentence = texts.digestSentence(digest.reason)
        if case .held(let reasons) = digest.reason { sentenceNamesHold = !reasons.isEmpty }
        facts = []
        lines = events.map { stored in
            Line(
                tone: stored.event.kind.tone, text: Self.line(of: stored, texts: texts, isShort: false),
                short: Self.line(of: stored, texts: texts, isShort: true), brief: Self.brief(of: stored, texts: texts))
        }
        more = nil
        log = []
        reference = "#\(digest.id)"
        footer = texts.digestFooter(reference, canAcknowledge: events.contains { $0.event.canBeAcknowledged })
        time = digest.events.last?.event.observedAt
    }

    private static func line(of stored: StoredEvent, texts: any Texts, isShort: Bool) -> String {
        let event = stored.event
        let id = event.cluster?.rawValue
        let name = (event.title ?? (id == nil ? texts.shortSubject(of: event) : nil))?.cut(to: longestName, .bytes)
        let subject =
            switch (name, id) {
            case (let name?, let id?): isShort ? id : "\(name) (\(id))"
            default: id ?? name ?? ruleSubject(of: event, texts: texts, isShort: isShort)
            }
        let entry =
            event.kind == .escalated && event.troubleKind != .escalated
            ? texts.escalated(subject, texts.word(for: event.troubleKind)) : subject
        let time = event.happenedAt.map { "\(texts.phrase(.comma))\(texts.time($0))" } ?? ""
        let status = event.kind == .changed ? event.to.map { " → \($0.rawValue.onOneLine)" } ?? "" : ""
        return "\(texts.entry(texts.word(for: event.kind), entry + status))\(time) #\(stored.id)"
    }

    private static func brief(of stored: StoredEvent, texts: any Texts) -> String {
        let event = stored.event
        let subject = event.cluster?.rawValue ?? texts.shortSubject(of: event)?.cut(to: longestName, .bytes)
        return "\(texts.entry(texts.word(for: event.kind), subject ?? "")) #\(stored.id)"
    }

    /// What a digest shows of a name, in bytes.
    private static let longestName = 40
    /// A headline and a sentence that leave room for the rest, in code points.
    private static let longestTitle = 100
    private static let longestSentence = 700
    /// How many model paths, and how many lines of the log, are worth showing.
    private static let mostPaths = 5
    private static let mostLogLines = 20

    private static func facts(of stored: StoredEvent, texts: any Texts) -> [Fact] {
        let event = stored.event
        var facts: [Fact] = []
        // Every value is made one line where it comes from: a label must not forge lines of a message.
        func add(_ label: FactLabel, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            facts.append(Fact(key: label, label: texts.label(label), value: value.cut(to: 600, .scalars)))
        }
        add(.cluster, event.subject)
        if event.troubleKind.isStatusChange {
            add(
                .status,
                (event.from == event.to ? [event.to?.rawValue] : [event.from?.rawValue, event.to?.rawValue])
                    .compactMap { $0?.onOneLine }.joined(separator: " → "))
        }
        add(.duration, event.ranFor.map(texts.duration))
        add(.progress, event.progress.map(texts.progress))
        add(.baseModel, event.facts.baseModel?.onOneLine)
        add(.training, texts.training(mode: event.facts.trainMode, type: event.facts.trainType)?.onOneLine)
        let paths = event.facts.modelPaths
        let hidden = paths.count - mostPaths
        add(
            .modelPaths,
            (paths.prefix(mostPaths).map(\.onOneLine) + (hidden > 0 ? [texts.more(hidden)] : [])).joined(
                separator: "\n"))
        add(.account, [event.account, event.region].compactMap { $0 }.joined(separator: " / "))
        add(
            .labels,
            event.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)".onOneLine }.joined(separator: ", "))
        add(.happened, event.happenedAt.map(texts.time))
        add(.time, texts.time(event.troubleObservedAt))
        add(.heldBy, texts.heldBy(stored.heldBy)?.onOneLine)
        return facts
    }
}
