import Model

extension Card {
    /// What `draw` makes of the fullest form of the card that the service takes.
    ///
    /// For services that measure a message as it is sent, JSON and all: how long a text becomes there shows only when
    /// it is drawn. Detail goes in this order: the log, long values, facts, the end of the sentence.
    func fitted<Drawn>(to limit: Int, size: (Drawn) -> Int, draw: (Card) -> Drawn) -> Drawn {
        var drawn = draw(self)
        for card in shorterForms {
            guard size(drawn) > limit else { break }
            drawn = draw(card)
        }
        return drawn
    }

    /// For limits in bytes of the body.
    func fitted(toBytes limit: Int, draw: (Card) -> OrderedJSON) -> OrderedJSON {
        fitted(to: limit, size: { $0.text.utf8.count }, draw: draw)
    }

    /// Less and less of it.
    private var shorterForms: [Card] {
        [
            with { $0.log = $0.log.suffix(5).map { $0.cut(to: 120, .scalars) } },
            with { $0.log = [] },
            with {
                $0.log = []
                $0.facts = facts.map { $0.cut(to: 150) }
                $0.lines = lines.map(\.inShort)
            },
            with {
                $0.log = []
                $0.facts = facts.filter { [.cluster, .status, .duration, .happened].contains($0.key) }.map {
                    $0.cut(to: 80)
                }
                $0.lines = lines.map(\.inShort)
            },
            with {
                $0.log = []
                $0.facts = []
                $0.lines = lines.map(\.inShort)
                $0.sentence = sentence.cut(to: 200, .scalars)
            },
        ]
    }

    private func with(_ change: (inout Card) -> Void) -> Card {
        var card = self
        change(&card)
        return card
    }
}

extension Card.Fact {
    fileprivate func cut(to limit: Int) -> Self {
        Self(key: key, label: label, value: value.cut(to: limit, .scalars))
    }
}

extension Card.Line {
    fileprivate var inShort: Self {
        Self(tone: tone, text: short, short: short, brief: brief, isImportant: isImportant)
    }
}
