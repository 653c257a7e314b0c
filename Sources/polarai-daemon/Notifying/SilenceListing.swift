import Model
import Reports
import Store

/// Silences, as `silence list` prints them.
struct SilenceListing: ValueListing {
    let style: TimeStyle
    /// Whether a silence is active is asked of this moment.
    let now: Timestamp

    let columns: [Table.Column] = [
        "ID", "STATE", "FROM", "UNTIL", "MATCHES", .init("HELD ALERTS", isOptional: true),
        .init("BY", isFreeText: true),
        "COMMENT",
    ]

    func cells(_ row: SilenceRow) -> [Table.Cell] {
        let silence = row.silence
        let isActive = silence.isActive(at: now)
        return [
            Table.Cell("\(silence.id)"), Table.Cell(isActive ? "active" : "ended", isActive ? .yellow : .dim),
            Table.Cell(style.text(silence.startsAt)), Table.Cell(style.text(silence.endsAt)),
            Table.Cell(silence.matchers.words + (silence.drops ? " (suppressed)" : "")),
            Table.Cell(row.held > 0 ? "\(row.held)" : ""), Table.Cell(silence.author), Table.Cell(silence.comment),
        ]
    }

    func json(_ row: SilenceRow) -> JSONValue { row.json(at: now) }

    let fields = ["id", "matchers", "starts_at", "ends_at", "comment", "by", "state", "held", "drop"]
}

extension SilenceMatchers {
    /// `task nightly or pm-1, event failed`; `all` if everything matches.
    var words: String {
        let parts = [
            ("task", clusters), ("label", labels.map(\.text)), ("event", events.map(\.rawValue)),
            ("target", targets),
        ].filter { !$0.1.isEmpty }
        return parts.isEmpty ? "all" : parts.map { "\($0.0) \($0.1.joined(separator: " or "))" }.joined(separator: ", ")
    }
}
