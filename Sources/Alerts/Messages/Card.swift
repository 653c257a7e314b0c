import Model

/// A message reduced to what every chat service can show; each service's target draws it in its own way.
struct Card: Sendable {
    let tone: Tone
    let title: String
    /// One sentence. For a digest: why there is one.
    let sentence: String
    let facts: [Fact]
    /// The lines of a digest, failures first.
    let lines: [Line]
    /// The last lines of the training's log.
    let log: [String]
    /// `#k3v9x2ab-17`: what `alerts show` takes.
    let reference: String
    /// When it was seen; of a digest: the last of its events.
    let time: Timestamp?

    struct Fact: Hashable, Sendable {
        let label: String
        let value: String
        /// Long values get a line of their own.
        var isShort: Bool { value.count <= 40 && !value.contains("\n") }
    }

    /// One event of a digest.
    struct Line: Hashable, Sendable {
        let tone: Tone
        let text: String
    }

    init(_ message: Message, language: Language) {
        switch message {
        case .alert(let event): self.init(event, texts: language.texts)
        case .digest(let digest): self.init(digest, texts: language.texts)
        }
    }

    private init(_ stored: StoredEvent, texts: any Texts) {
        let event = stored.event
        tone = event.kind.tone
        title = texts.title(of: event)
        sentence = texts.sentence(of: event)
        facts = Self.facts(of: event, texts: texts)
        lines = []
        log = event.logLines
        reference = "#\(stored.id)"
        time = event.observedAt
    }

    private init(_ digest: Digest, texts: any Texts) {
        let events = digest.byUrgency
        let failures = events.count { $0.event.kind == .failed }
        tone = events.first?.event.kind.tone ?? .neutral
        title = texts.digestTitle(events: events.count, failures: failures)
        sentence = texts.digestSentence
        facts = []
        lines = events.map { stored in
            Line(tone: stored.event.kind.tone, text: Self.line(of: stored, texts: texts))
        }
        log = []
        reference = "#\(digest.id)"
        time = digest.events.last?.event.observedAt
    }

    /// `failed: nightly (pm-…) #17`: id and number survive whatever the length of the name.
    private static func line(of stored: StoredEvent, texts: any Texts) -> String {
        let event = stored.event
        let id = event.cluster?.rawValue
        let name = (event.title ?? (id == nil ? event.shortSubject : nil))?.cut(to: longestName, .scalars)
        let subject = [name, id.map { name == nil ? $0 : "(\($0))" }].compactMap { $0 }.joined(separator: " ")
        return "\(texts.word(for: event.kind)): \(subject) #\(stored.seq)"
    }

    /// What a digest shows of a name.
    private static let longestName = 24

    private static func facts(of event: Event, texts: any Texts) -> [Fact] {
        var facts: [Fact] = []
        func add(_ label: FactLabel, _ value: String?) {
            if let value, !value.isEmpty { facts.append(Fact(label: texts.label(label), value: value)) }
        }
        add(.cluster, event.subject)
        if event.kind.isStatusChange {
            add(.status, [event.from?.rawValue, event.to?.rawValue].compactMap { $0 }.joined(separator: " → "))
        }
        add(.duration, event.facts.duration.map(texts.duration))
        add(.progress, event.progress.map(texts.progress))
        add(.baseModel, event.facts.baseModel)
        add(.training, texts.training(mode: event.facts.trainMode, type: event.facts.trainType))
        add(.modelPaths, event.facts.modelPaths.joined(separator: "\n"))
        add(.account, [event.account, event.region].compactMap { $0 }.joined(separator: " / "))
        add(.labels, event.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", "))
        add(.time, event.observedAt.forPeople)
        return facts
    }
}
