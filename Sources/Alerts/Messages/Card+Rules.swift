import Model

/// The lines of reminders and summaries.
extension Card {
    static func ruleLines(of event: Event, texts: any Texts) -> [Line] {
        switch event.content {
        case .reminder(let items): items.map { line(of: $0, texts: texts) }
        case .summary(let figures): lines(of: figures, texts: texts)
        case .escalated, nil: []
        }
    }

    /// What a digest's line says of a reminder or a summary: the tasks of the first with what is wrong, the figures of the second.
    static func ruleSubject(of event: Event, texts: any Texts, isShort: Bool) -> String {
        switch event.content {
        case .reminder(let items):
            let shown = items.prefix(mostTasks).map { item in
                let (subject, word) = (subject(item.cluster?.rawValue, item.name), texts.word(for: item.kind))
                return (long: "\(subject.long) \(word)", short: "\(subject.short) \(word)")
            }
            let hidden = items.count - shown.count
            return (shown.map { isShort ? $0.short : $0.long } + (hidden > 0 ? [texts.more(hidden)] : []))
                .joined(separator: texts.phrase(.comma))
        case .summary(let figures): return texts.counts(of: figures)
        case .escalated, nil: return ""
        }
    }

    private static func line(of item: OpenItem, texts: any Texts) -> Line {
        let subject = subject(item.cluster?.rawValue, item.name)
        let tail = "\(texts.phrase(.comma))\(texts.phrase(.openSince(item.since, item.kind))) #\(item.id)"
        return Line(
            tone: item.kind.tone, text: texts.entry(texts.word(for: item.kind), subject.long + tail),
            short: texts.entry(texts.word(for: item.kind), subject.short + tail))
    }

    private static func lines(of figures: SummaryFigures, texts: any Texts) -> [Line] {
        var lines: [Line] = []
        let comma = texts.phrase(.comma)
        func add(_ tone: Tone, _ text: String, short: String? = nil, isImportant: Bool = false) {
            lines.append(
                Line(
                    tone: tone, text: text, short: short ?? text.cut(to: 120, .scalars), isImportant: isImportant))
        }
        for failure in figures.failures {
            let subject = subject(failure.cluster, failure.name)
            let tail =
                "\(comma)\(texts.time(failure.at))\(comma)"
                + texts.phrase(failure.acknowledgement.map { .acknowledged(by: $0.author) } ?? .notAcknowledged)
                + " #\(failure.id)"
            let word = texts.word(for: .failed)
            add(
                failure.acknowledgement == nil ? .bad : .neutral, texts.entry(word, subject.long + tail),
                short: texts.entry(word, subject.short + tail))
        }
        let unlisted = figures.failed - figures.failures.count
        if unlisted > 0 { add(.bad, texts.phrase(.moreFailed(unlisted)), isImportant: true) }
        for (kind, troubles) in [(EventKind.overdue, figures.overdue), (.stalled, figures.stalled)] {
            for trouble in troubles {
                let subject = subject(trouble.cluster, trouble.name)
                let since = trouble.since.map { "\(comma)\(texts.phrase(.since($0)))" } ?? ""
                add(
                    .warning, texts.entry(texts.word(for: kind), "\(subject.long)\(since)"),
                    short: texts.entry(texts.word(for: kind), subject.short), isImportant: true)
            }
        }
        for target in figures.failingTargets {
            add(.warning, texts.phrase(.failingTarget(target.target, since: target.since)), isImportant: true)
        }
        if figures.deadAlerts > 0 { add(.warning, texts.phrase(.deadAlerts(figures.deadAlerts)), isImportant: true) }
        for silence in figures.silences {
            add(.neutral, texts.phrase(.silence(id: silence.id, comment: silence.comment, until: silence.endsAt)))
        }
        if figures.heldAlerts > 0 { add(.neutral, texts.phrase(.heldAlerts(figures.heldAlerts))) }
        for running in figures.running.prefix(mostRunning) {
            let subject = subject(running.cluster, running.name)
            let progress = running.step.map {
                texts.progress(TrainingProgress(step: $0, totalSteps: running.totalSteps))
            }
            add(
                .good, texts.phrase(.running(subject.long, progress: progress, end: running.expectedEnd)),
                short: texts.phrase(.running(subject.short, progress: nil, end: running.expectedEnd)))
        }
        let hidden = figures.runningCount - min(figures.running.count, mostRunning)
        if hidden > 0, !figures.running.isEmpty { add(.good, texts.phrase(.moreRunning(hidden))) }
        return cut(lines, texts: texts)
    }

    /// As many as a message has, the important ones first of all, in their order.
    private static func cut(_ lines: [Line], texts: any Texts) -> [Line] {
        guard lines.count > mostLines else { return lines }
        let important = lines.indices.filter { lines[$0].isImportant }.prefix(mostLines / 2)
        let others = lines.indices.filter { !important.contains($0) }.prefix(mostLines - 1 - important.count)
        let kept = Set(important).union(others)
        let hidden = texts.more(lines.count - kept.count)
        return lines.indices.filter(kept.contains).map { lines[$0] }
            + [Line(tone: .neutral, text: hidden, short: hidden, isImportant: true)]
    }

    private static func subject(_ cluster: String?, _ name: String?) -> (long: String, short: String) {
        let name = name?.onOneLine.cut(to: 40, .bytes)
        let id = cluster?.onOneLine
        switch (name, id) {
        case (let name?, let id?) where !name.isEmpty && name != id: return ("\(name) (\(id))", id)
        default:
            let subject = id ?? name ?? ""
            return (subject, subject)
        }
    }

    /// How many lines a message has at most, and how many of them say what runs.
    private static let mostLines = 60
    /// How many tasks of a reminder the line of a digest names.
    private static let mostTasks = 3
    private static let mostRunning = 20
}

extension SummaryFigures {
    /// With one digit after the point.
    var hoursText: String { Self.text(hours, digits: 1) }

    fileprivate static func text(_ value: Double, digits: Int) -> String {
        let scale = digits == 1 ? 10.0 : 100.0
        let scaled = (value * scale).rounded()
        guard scaled.isFinite, scaled.magnitude < 1e15 else { return "?" }
        let (whole, rest) = Int64(scaled.magnitude).quotientAndRemainder(dividingBy: Int64(scale))
        let fraction = String(rest)
        return (scaled < 0 ? "-" : "") + "\(whole)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}

extension Cost {
    /// With two digits after the point.
    var amountText: String { SummaryFigures.text(amount, digits: 2) }
}
