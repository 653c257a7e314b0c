package import Model

/// `/silences`: what is held back, until when and why.
package struct SilencesPage: Sendable {
    private let silences: [SilenceRow]
    /// The cursor of the older ones.
    private let next: String?

    package init(silences: [SilenceRow], next: String?) {
        self.silences = silences
        self.next = next
    }

    package func render(_ frame: PageFrame) -> [UInt8] {
        let words = frame.words
        let form = FilterForm(
            frame: frame, path: "silences",
            fields: [
                .choice(
                    name: "all", label: words("Silences", "静默规则"), value: frame.value("all"),
                    choices: [
                        ("", words("active, or ended in the last 7 days", "生效中，或最近 7 天内结束")), ("1", words("all", "全部")),
                    ])
            ])
        return frame.list(title: words("Silences", "静默规则"), form: form, next: next, table(frame))
    }

    private func table(_ frame: PageFrame) -> HTML {
        let words = frame.words
        guard !silences.isEmpty else {
            return """
                <p>\(words("No silences. To add one:", "没有静默规则。如需添加，请在监控主机上运行："))
                <code>polarai-daemon silence add --cluster NAME --for 2h --comment TEXT</code></p>

                """
        }
        var table = DataTable(
            caption: words("Silences, the newest first", "静默规则（最新在前）"),
            columns: [
                "ID", words("State", "状态"), words("From", "开始时间"), words("Until", "结束时间"), words("Matches", "匹配条件"),
                words("Held alerts", "暂缓的告警"), words("By", "创建人"), words("Comment", "说明"),
            ])
        for row in silences {
            let silence = row.silence
            let isActive = silence.isActive(at: frame.now)
            let state = (isActive ? Shape.stalled : Shape.waiting).badge(
                isActive ? words("active", "生效中") : words("ended", "已结束"))
            let drops: HTML? =
                silence.drops ? " <small>\(words("alerts are suppressed", "丢弃型：匹配的告警不发送，静默结束后也不补发"))</small>" : nil
            table.add(
                key: "\(silence.id)",
                [
                    "\(Int(clamping: silence.id))", "\(state)\(drops)", TimeTag(silence.startsAt).html,
                    TimeTag(silence.endsAt).html, matchers(silence.matchers, words), "\(row.held)",
                    "\(bdi: silence.author)", "\(bdi: silence.comment)",
                ])
        }
        return table.html
    }

    private func matchers(_ matchers: SilenceMatchers, _ words: Words) -> HTML {
        guard !matchers.isEmpty else { return "\(words("all", "全部"))" }
        let kinds = [
            (words("task", "任务"), matchers.clusters), (words("label", "标签"), matchers.labels.map(\.text)),
            (words("event", "事件"), matchers.events.map { words.event($0.rawValue) }),
            (words("target", "告警渠道"), matchers.targets),
        ]
        let parts = kinds.filter { !$0.1.isEmpty }.enumerated().map { index, kind -> HTML in
            let (name, values) = kind
            let start = (index == 0 ? "" : words("", "；")) + name + words(" ", "：")
            return "\(start)\(bdi: values.joined(separator: words(", ", "、")))\(words(" ", ""))"
        }
        return "\(parts)"
    }
}
