import Model
package import Store

/// `/history`: events with filters.
package struct HistoryPage: Sendable {
    package var lines: [EventLine] = []
    /// The cursor of the older ones.
    package var next: String?

    package init() {}

    package func render(_ frame: PageFrame) -> [UInt8] {
        let words = frame.words
        let form = FilterForm(
            frame: frame, path: "history",
            fields: [
                .text(
                    name: "cluster", label: words("Task", "任务"), value: frame.value("cluster"),
                    hint: words("id, name or night*", "ID、名称或通配符，如 night*")),
                .choice(
                    name: "event", label: words("Event", "事件"), value: frame.value("event"),
                    choices: [("", words("all", "全部"))]
                        + EventKind.allCases.map { ($0.rawValue, words.event($0.rawValue)) }),
                .text(name: "status", label: words("Status", "状态"), value: frame.value("status"), hint: "FAILED"),
                .text(name: "account", label: words("Account", "账号"), value: frame.value("account"), hint: "default"),
                .text(
                    name: "since", label: words("Since", "起始（不早于）"), value: frame.value("since"),
                    hint: words("2d, yesterday, 2026-11-28", "2d、yesterday、2026-11-28")),
                .text(name: "until", label: words("Until", "截止（不晚于）"), value: frame.value("until"), hint: "now"),
            ])
        return frame.list(
            title: words("History", "历史"), form: form, next: next,
            EventLine.table(lines, frame, caption: words("Events, the newest first", "事件（最新在前）")))
    }
}

/// `/alerts`: what was sent to whom, and what was not.
package struct AlertsPage: Sendable {
    private let rows: [AlertRow]
    /// The cursor of the older ones.
    private let next: String?

    package init(rows: [AlertRow], next: String?) {
        self.rows = rows
        self.next = next
    }

    package func render(_ frame: PageFrame) -> [UInt8] {
        let words = frame.words
        let form = FilterForm(
            frame: frame, path: "alerts",
            fields: [
                .choice(
                    name: "state", label: words("State", "状态"), value: frame.value("state"),
                    choices: [("", words("not delivered: pending, held, dead", "未送达（待发送、暂缓、发送失败）"))]
                        + AlertState.allCases.map { ($0.rawValue, words.alertState($0.rawValue)) }),
                .text(name: "target", label: words("Target", "告警渠道"), value: frame.value("target"), hint: "chat"),
                .text(
                    name: "since", label: words("Since", "起始（不早于）"), value: frame.value("since"),
                    hint: words("2d, yesterday", "2d、yesterday")),
            ])
        return frame.list(title: words("Alerts", "告警"), form: form, next: next, table(frame))
    }

    private func state(of row: AlertRow, _ words: Words) -> HTML {
        let state = words.alertState(row.state.rawValue)
        guard let heldUntil = row.heldUntil else { return "\(state)" }
        return "\(state) <small>\(words("until", "至")) \(TimeTag(heldUntil).html)</small>"
    }

    private func table(_ frame: PageFrame) -> HTML {
        let words = frame.words
        guard !rows.isEmpty else { return "<p>\(words("No alerts.", "没有告警。"))</p>\n" }
        var table = DataTable(
            caption: words("Alerts, the newest first", "告警（最新在前）"),
            columns: [
                words("Alert", "告警"), words("Event", "事件"), words("Task", "任务"), words("Target", "告警渠道"),
                words("State", "状态"), words("Attempts", "尝试次数"), words("Created", "创建时间"),
                words("Next attempt", "下次尝试"),
                words("Last error", "最近错误"),
            ])
        for row in rows {
            let task: HTML =
                if let cluster = row.cluster {
                    "<a href=\"\(frame.task(cluster))\">\(bdi: row.name ?? cluster)</a>"
                } else {
                    "–"
                }
            table.add(
                key: "\(row.id) \(row.target)",
                [
                    "<code>\(row.id)</code>", Shape(event: row.event).badge(words.event(row.event)), task,
                    "\(bdi: row.target)", state(of: row, words), "\(row.attempts)",
                    TimeTag(row.createdAt).html, row.nextAttemptAt.orDash, row.lastError.map(frame.reason).orDash,
                ])
        }
        return table.html
    }
}

extension PageFrame {
    /// The first value of a parameter of the address, else nothing.
    func value(_ name: String) -> String {
        query.first { $0.name == name }?.value ?? ""
    }

    /// A page that is a table with filters.
    ///
    /// - Parameter next: the cursor of its next part; nil if there is none.
    func list(title: String, form: FilterForm, next: String?, _ table: HTML) -> [UInt8] {
        var more: HTML = ""
        if let next {
            let address = link(path, query.filter { $0.name != "cursor" } + [("cursor", next)])
            more = "<p><a rel=\"next\" href=\"\(address)\">\(words("Older entries", "更早的记录"))</a></p>\n"
        }
        return page(
            title: title,
            """
            \(form.html)<div id="list" data-refresh>
            \(table)\(more)</div>
            """)
    }
}
