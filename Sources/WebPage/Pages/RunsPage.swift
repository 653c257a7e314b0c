package import Model

/// `/runs`: training runs, the newest first.
package struct RunsPage: Sendable {
    private let runs: [RunRecord]
    /// The cursor of the older ones.
    private let next: String?

    package init(runs: [RunRecord], next: String?) {
        self.runs = runs
        self.next = next
    }

    package func render(_ frame: PageFrame) -> [UInt8] {
        let words = frame.words
        let form = FilterForm(
            frame: frame, path: "runs",
            fields: [
                .text(
                    name: "cluster", label: words("Task", "任务"), value: frame.value("cluster"),
                    hint: words("id, name or night*", "ID、名称或通配符，如 night*")),
                .text(name: "account", label: words("Account", "账号"), value: frame.value("account"), hint: "default"),
                .text(
                    name: "since", label: words("Since", "起始（不早于）"), value: frame.value("since"),
                    hint: words("2d, yesterday", "2d、yesterday")),
            ])
        return frame.list(
            title: words("Runs", "训练记录"), form: form, next: next,
            RunRecord.table(
                runs, frame, caption: words("Runs, the newest first", "训练记录（最新在前）"), namesTask: true))
    }
}
