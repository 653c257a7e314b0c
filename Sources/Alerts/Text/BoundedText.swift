import Model

/// Puts lines together within a service's limit: what must be reported stays, what is only good to know goes first.
struct BoundedText {
    let limit: Int
    let unit: TextUnit
    let separator: String

    init(_ limit: Int, _ unit: TextUnit, separator: String = "\n") {
        self.limit = limit
        self.unit = unit
        self.separator = separator
    }

    /// - Parameters:
    ///   - head: comes first and is kept, cut only where it alone is too long.
    ///   - optional: as many of them, from the first on, as fit.
    ///   - tail: comes last and is kept whole: the alert's id, a keyword, a mention.
    func join(head: [String], optional: [String] = [], tail: [String] = []) -> String {
        let tail = tail.filter { !$0.isEmpty }
        let reserved = tail.reduce(0) { $0 + unit.count($1) + unit.count(separator) }
        let headText = head.joined(separator: separator).cut(to: max(0, limit - reserved), unit)
        var room = limit - reserved - unit.count(headText)
        var lines = [headText]
        for line in optional {
            let cost = unit.count(separator) + unit.count(line)
            guard cost <= room else { break }
            room -= cost
            lines.append(line)
        }
        return (lines + tail).joined(separator: separator).cut(to: limit, unit)
    }

    /// The lines of a digest, in the longest form in which all of them fit: every event must be named. Of a digest that was
    /// held, the lines get shorter before the sentence is left out, which says what held it. A reminder and a summary keep
    /// their heading and sentence, and say how many lines are left out.
    ///
    /// - Parameter sentence: goes between the head and the lines if there is room for it.
    func digest(
        _ card: Card, head: [String], sentence: String? = nil, tail: [String], line: (Card.Line, String) -> String
    ) -> String {
        if let more = card.more {
            return list(
                card, head: head + [sentence].compactMap(\.self), tail: tail.filter { !$0.isEmpty }, more: more,
                line: line)
        }
        let whole = head + [sentence].compactMap(\.self)
        let others: [(head: [String], line: KeyPath<Card.Line, String>)] = [
            (head, \.text), (whole, \.short), (head, \.short), ([], \.short), (head, \.brief), ([], \.brief),
        ]
        let namingHold: [(head: [String], line: KeyPath<Card.Line, String>)] = [(whole, \.short), (whole, \.brief)]
        for form in [(whole, \.text)] + (card.sentenceNamesHold ? namingHold : []) + others {
            let lines = card.lines.map { line($0, $0[keyPath: form.line]) }
            let text = (form.head + lines + tail.filter { !$0.isEmpty }).joined(separator: separator)
            if unit.count(text) <= limit { return text }
        }
        return join(head: card.lines.map { line($0, $0.brief) }, tail: tail)
    }

    private func list(
        _ card: Card, head: [String], tail: [String], more: (Int) -> String, line: (Card.Line, String) -> String
    ) -> String {
        for form in [\Card.Line.text, \.short] {
            let text = (head + card.lines.map { line($0, $0[keyPath: form]) } + tail).joined(separator: separator)
            if unit.count(text) <= limit { return text }
        }
        let lines = card.lines.map { line($0, $0.short) }
        let whole = (head + [more(lines.count)] + tail).joined(separator: separator)
        var room = limit - unit.count(whole)
        var kept: Set<Int> = []
        func keep(_ indices: [Int], within share: Int) {
            var share = share
            for index in indices where !kept.contains(index) {
                let cost = unit.count(lines[index]) + unit.count(separator)
                guard cost <= share else { break }
                share -= cost
                room -= cost
                kept.insert(index)
            }
        }
        // However many are important, the others have their part of it.
        keep(lines.indices.filter { card.lines[$0].isImportant }, within: room / 2)
        keep(lines.indices.filter { !card.lines[$0].isImportant }, within: room)
        keep(Array(lines.indices), within: room)
        let shown = lines.indices.filter(kept.contains).map { lines[$0] }
        let text = (head + shown + [more(lines.count - kept.count)] + tail).joined(separator: separator)
        return unit.count(text) <= limit ? text : join(head: head, tail: tail)
    }
}
