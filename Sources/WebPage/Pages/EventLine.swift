package import Model
package import Store

/// An event as a page shows it.
package struct EventLine: Sendable {
    package let seq: Int64
    package let id: String
    package let event: String
    package let cluster: String?
    package let name: String?
    package let account: String?
    package let from: String?
    package let to: String?
    package let observedAt: Timestamp
    package let alerts: [(target: String, state: String)]
    /// Of a target's own events.
    package let target: String?
    /// Who has it in hand.
    package var acknowledgedBy: String?

    /// What it is about: a task, a target or an account.
    func subject(_ frame: PageFrame) -> HTML {
        if let cluster {
            let link: HTML = "<a href=\"\(frame.task(cluster))\">\(bdi: name ?? cluster)</a>"
            return name == nil ? link : "\(link) <small>\(bdi: cluster)</small>"
        }
        if let target { return "\(frame.words("Target", "告警渠道")) \(bdi: target)" }
        if let account { return "\(frame.words("Account", "账号")) \(bdi: account)" }
        return "–"
    }

    var change: HTML {
        guard let to else { return "–" }
        guard let from, from != to else { return "\(bdi: to)" }
        return "\(bdi: from) → \(bdi: to)"
    }

    static func table(_ lines: [EventLine], _ frame: PageFrame, caption: String) -> HTML {
        let words = frame.words
        guard !lines.isEmpty else { return "<p>\(words("No events.", "没有事件。"))</p>\n" }
        var table = DataTable(
            caption: caption,
            columns: [
                words("Event", "事件"), words("Time", "时间"), words("Task", "任务"), words("Status", "状态"),
                words("Alerts", "告警"), "ID",
            ])
        for line in lines {
            let acknowledged: HTML? = line.acknowledgedBy.map {
                " <small>\(words("acknowledged by", "认领人")) \(bdi: $0)</small>"
            }
            table.add(
                key: "\(line.seq)",
                [
                    "\(Shape(event: line.event).badge(words.event(line.event)))\(acknowledged)",
                    TimeTag(line.observedAt).html, line.subject(frame), line.change,
                    "\(line.alerts.prefix(20).map { alert in "\(bdi: alert.target) \(words.alertState(alert.state)) " as HTML })",
                    "<code>\(line.id)</code>",
                ])
        }
        return table.html
    }
}

extension EventLine {
    package init(_ row: HistoryRow) throws {
        var alerts: [(target: String, state: String)] = []
        try row.forEachAlert { alert in
            alerts.append((String(decoding: alert.target, as: UTF8.self), String(decoding: alert.state, as: UTF8.self)))
        }
        self.init(
            seq: row.seq, id: row.id.description, event: row.text(.event) ?? "",
            cluster: row.text(.cluster), name: try row.text(.name) ?? row.description, account: row.text(.account),
            from: row.text(.from), to: row.text(.to), observedAt: row.time(.observedAt) ?? Timestamp(milliseconds: 0),
            alerts: alerts, target: row.text(.target), acknowledgedBy: row.acknowledgement?.author)
    }
}
