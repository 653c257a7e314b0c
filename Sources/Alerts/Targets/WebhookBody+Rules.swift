import Model

extension WebhookBody {
    /// What events of rules say beside what all events say.
    ///
    /// - Parameter room: in bytes; what does not fit is cut from the end of the lists.
    static func ruleMembers(_ content: RuleContent, room: Int) -> [OrderedJSON.Member] {
        switch content {
        case .escalated(let id, _, _):
            return [.init(key: "of", value: .string(id))]
        case .reminder(let items):
            var left = room
            let shown = items.map(open).prefix { item in
                left -= item.text.utf8.count + 1
                return left >= 0
            }
            return [
                .init(key: "open", value: .array(Array(shown))),
                .init(key: "open_total", value: .integer(Int64(items.count))),
            ]
        case .summary(let figures):
            return [.init(key: "summary", value: OrderedJSON(figures.fitted(to: room).json))]
        }
    }

    /// What held an event: any number of silences, each with a comment as long as somebody wanted it to be. Each is named,
    /// up to `mostReasons`; it is the comments that are cut.
    ///
    /// - Parameter room: of the whole event or digest, in bytes; a small part of it is for the comments.
    static func heldBy(_ reasons: [HoldReason], room: Int) -> OrderedJSON {
        let shown = reasons.prefix(mostReasons)
        let longest = min(longestComment, room / 16 / max(1, shown.count))
        return .array(
            shown.map { reason in
                guard case .silence(let id, let comment) = reason else { return OrderedJSON(reason.json) }
                return OrderedJSON(HoldReason.silence(id: id, comment: BoundedJSON.text(comment, upTo: longest)).json)
            })
    }

    /// Of a silence's comment, in bytes.
    private static let longestComment = 200
    private static let mostReasons = 10

    private static func open(_ item: OpenItem) -> OrderedJSON {
        [
            "id": .string(item.id), "event": .string(item.kind.rawValue),
            "cluster": OrderedJSON(item.cluster?.rawValue),
            "name": item.name.map { .string(BoundedJSON.text($0, upTo: 200)) } ?? .null,
            "since": OrderedJSON(item.since),
        ]
    }
}

extension SummaryFigures {
    /// The figures with shorter lists, so that their JSON has at most so many bytes.
    fileprivate func fitted(to room: Int) -> SummaryFigures {
        var figures = self
        for length in [Self.longest, 25, 12, 6, 3, 1, 0] {
            figures.failures = Array(failures.prefix(length))
            figures.running = Array(running.prefix(length))
            figures.overdue = Array(overdue.prefix(length))
            figures.stalled = Array(stalled.prefix(length))
            figures.silences = Array(silences.prefix(length))
            figures.failingTargets = Array(failingTargets.prefix(length))
            if figures.json.utf8().count <= room { break }
        }
        return figures
    }
}
