extension Card {
    /// Colour for services whose text has none.
    var marker: String { tone.marker }

    /// The message without any markup: what a service gets that refused the rich form.
    ///
    /// - Parameters:
    ///   - escape: keeps the service from reading what people have named their tasks.
    ///   - tail: comes last, as it is.
    func plainText(
        _ bounds: BoundedText, tail: [String] = [], escape: (String) -> String = Markup.withoutMentions
    ) -> String {
        let heading = "\(marker) \(escape(title))"
        guard lines.isEmpty else {
            return bounds.digest(self, head: [heading], sentence: escape(sentence), tail: tail + [footer]) {
                line, text in
                "\(line.tone.marker) \(escape(text))"
            }
        }
        return bounds.join(head: [heading, escape(sentence)], tail: [footer] + tail)
    }
}

extension Tone {
    var marker: String {
        switch self {
        case .good: "🟢"
        case .bad: "🔴"
        case .warning: "🟠"
        case .neutral: "🔵"
        }
    }

    /// `#rrggbb`.
    var colour: String {
        switch self {
        case .good: "#2EB67D"
        case .bad: "#D92D20"
        case .warning: "#F79009"
        case .neutral: "#667085"
        }
    }
}
