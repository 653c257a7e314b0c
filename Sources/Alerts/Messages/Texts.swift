package import Model

/// Everything that is said to people in alerts, in one language. A language is one conforming type.
package protocol Texts: Sendable {
    /// A few words for a headline: `Training failed: nightly`.
    func title(of event: Event) -> String
    /// One sentence: what happened, to whom, how long it ran, what to do where that helps.
    func sentence(of event: Event) -> String
    /// The event in a word or two.
    func word(for kind: EventKind) -> String
    func label(_ label: FactLabel) -> String
    func duration(_ duration: Duration) -> String
    /// Step and epoch: `step 120 of 400, epoch 0.6`.
    func progress(_ progress: TrainingProgress) -> String
    /// `sft, lora`.
    func training(mode: String?, type: String?) -> String?
    /// The headline of a digest.
    func digestTitle(events: Int, failures: Int) -> String
    /// Why there is a digest.
    var digestSentence: String { get }
    /// `3 more`: what a list leaves out.
    func more(_ count: Int) -> String
}

/// What a message lists beside its sentence.
package enum FactLabel: String, CaseIterable, Sendable {
    case cluster, status, duration, training, progress, account, labels, time
    case baseModel = "base_model"
    case modelPaths = "model_paths"
}

extension Language {
    package var texts: any Texts {
        switch self {
        case .english: English()
        case .chinese: Chinese()
        }
    }
}

extension Event {
    /// The configured name, else the one the task has at Alibaba Cloud; nil where there is neither.
    var title: String? {
        guard let title = (name ?? facts.description)?.onOneLine, !title.isEmpty else { return nil }
        return title
    }

    /// Name and id: `nightly (pm-…)`.
    var subject: String? {
        guard let cluster else { return nil }
        guard let title, title != cluster.rawValue else { return cluster.rawValue }
        return "\(title) (\(cluster))"
    }

    /// The shortest that tells it from others, for a headline.
    var shortSubject: String? {
        title ?? cluster?.rawValue ?? target ?? account.map { region == nil ? $0 : "\($0)/\(region ?? "")" }
    }

    /// The detail without the full stop that would end the sentence around it.
    var openDetail: String? {
        guard var detail = detail?.onOneLine, !detail.isEmpty else { return nil }
        while detail.hasSuffix(".") { detail.removeLast() }
        return detail
    }
}

extension String {
    /// Without line ends and control characters, which would let a task's name forge lines of a message, and without
    /// marks that turn the direction of what follows.
    var onOneLine: String {
        var line = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.value {
            case 0x20..<0x7F:
                line.append(scalar)
                continue
            case 0x202A...0x202E, 0x2066...0x2069: continue
            default: break
            }
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: line.append(" ")
            default: line.append(scalar)
            }
        }
        return String(line).trimmed
    }
}

extension Timestamp {
    /// `2026-11-24 08:00 UTC`.
    var forPeople: String {
        let text = rfc3339
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }
}
