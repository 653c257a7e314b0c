package import Model
package import Store

/// `/tasks/ID`: one task.
package struct TaskPage: Sendable {
    /// What is known under a heading of its own or of the answer.
    package enum Fact: Sendable {
        case text(String)
        case time(Timestamp)
    }

    /// What a fact is, which the page says in its language.
    package enum Label: Sendable {
        case description, instance, baseModel, customModel, training, created, started, completed, engine, tuning
        case network, bucket, modelPath, dataSet
    }

    package let id: String
    package let name: String?
    package var line: TaskLine?
    package var observedAt: Timestamp?
    package var facts: [(label: Label, value: Fact)] = []
    /// Hyper-parameters and other members that the answer nests.
    package var parameters: [(name: String, value: String)] = []
    package var curve: [CurvePoint] = []
    /// Oldest first.
    package var runs: [RunRecord] = []
    package var events: [EventLine] = []
    /// Each with its attempts.
    package var alerts: [(row: AlertRow, attempts: [AttemptEntry])] = []
    package var logLines: [String] = []

    package init(id: String, name: String?) {
        self.id = id
        self.name = name
    }

    package func render(_ frame: PageFrame) -> [UInt8] {
        let words = frame.words
        return frame.page(
            title: name ?? id,
            """
            <div id="state" data-refresh>\(state(frame))</div>
            <section id="runs" aria-labelledby="runs-title" data-refresh>
            <h2 id="runs-title">\(words("Runs", "训练记录"))</h2>
            \(RunRecord.timeLine(runs, frame))\(RunRecord.table(
                runs.reversed(), frame, caption: words("Runs, the newest first", "训练记录（最新在前）"), namesTask: false))</section>
            <section id="curve" aria-labelledby="curve-heading" data-refresh>
            <h2 id="curve-heading">\(words("Loss", "loss"))</h2>
            \(LossCurve(curve, words: words)?.html ?? "<p>\(words("No loss is known.", "没有 loss 数据。"))</p>\n")</section>
            <section id="facts" aria-labelledby="facts-title" data-refresh>
            <h2 id="facts-title">\(words("Facts", "信息"))</h2>
            \(factList(frame))</section>
            <section id="events" aria-labelledby="events-title" data-refresh>
            <h2 id="events-title">\(words("Events", "事件"))</h2>
            \(EventLine.table(events, frame, caption: words("Events, the newest first", "事件（最新在前）")))\
            \(alertList(frame))</section>
            <section id="log" aria-labelledby="log-title" data-refresh>
            <h2 id="log-title">\(words("Last lines of the log", "日志末尾"))</h2>
            \(log(frame))</section>
            """)
    }

    private func state(_ frame: PageFrame) -> HTML {
        let words = frame.words
        guard let line else { return "<p>\(words("It is not watched any more.", "已不再监控。"))</p>\n" }
        let since: HTML? = line.since.map {
            " \(words("since", "· 当前任务状态始于")) \(TimeTag($0).html)"
        }
        var html: HTML = """
            <p>\(line.badge(words))\(since) · <code>\(bdi: id)</code> · \
            \(bdi: line.account)\(words(", ", "/"))\(bdi: line.region)</p>
            <p>\(ProgressBar(progress: line.progress, words: words).html)
            """
        if let end = line.progress?.expectedEnd {
            html += " · \(words("expected end", "预计结束时间")) \(TimeTag(end).html)"
        }
        if let cost = line.cost { html += " · \(words("cost", "费用")) \(cost.text)" }
        html += " · \(words("last poll", "上次查询")) \(line.lastPollAt.orDash)</p>\n"
        if let overdue = line.overdueText(words) {
            html +=
                "<p class=\"banner\">\(Shape.stalled.svg) \(words("Overdue: ", "运行时间过长："))\(overdue)</p>\n"
        }
        if let error = line.lastError {
            html +=
                "<p class=\"banner\">\(Shape.failed.svg) \(words("The last poll failed: ", "最近一次状态查询失败："))\(bdi: frame.reason(error))</p>\n"
        }
        if let failure = line.openFailure {
            html += """
                <p>\(words(
                    "Nobody has acknowledged its failure. When you take care of it, run", "训练失败，尚无人认领。着手处理时，请先在监控主机上运行以下命令认领（此后不再提醒和升级）："))
                <code>polarai-daemon ack \(failure)</code></p>

                """
        }
        return html
    }

    private func factList(_ frame: PageFrame) -> HTML {
        let words = frame.words
        var items = facts.map { fact -> HTML in
            let value: HTML =
                switch fact.value {
                case .text(let text): "\(bdi: text)"
                case .time(let time): TimeTag(time).html
                }
            return "<dt>\(Self.word(fact.label, words))</dt><dd>\(value)</dd>\n"
        }
        if let observedAt {
            items.append("<dt>\(words("Observed", "数据获取时间"))</dt><dd>\(TimeTag(observedAt).html)</dd>\n")
        }
        var html: HTML =
            items.isEmpty
            ? "<p>\(words("There is no valid answer yet.", "尚无有效响应。"))</p>\n" : "<dl>\n\(items)</dl>\n"
        if !parameters.isEmpty {
            var table = DataTable(
                caption: words("Hyper-parameters and other details", "超参数及其他信息"),
                columns: [words("Name", "名称"), words("Value", "值")])
            for parameter in parameters.prefix(100) {
                table.add(key: parameter.name, ["\(bdi: parameter.name)", "\(bdi: parameter.value)"])
            }
            html += table.html
        }
        return html
    }

    private func alertList(_ frame: PageFrame) -> HTML {
        let words = frame.words
        guard !alerts.isEmpty else { return "" }
        let items = alerts.prefix(100).map { alert -> HTML in
            let row = alert.row
            var table = DataTable(
                caption: words("Attempts", "尝试记录"),
                columns: [
                    "#", words("Time", "时间"), words("Outcome", "结果"), words("Code", "返回码"), words("Reason", "原因"),
                ])
            for attempt in alert.attempts {
                table.add(
                    key: "\(attempt.number)",
                    [
                        "\(attempt.number)", TimeTag(attempt.startedAt).html,
                        "\(words.attempt(attempt.outcome)) (\(Int(clamping: attempt.duration.wholeMilliseconds)) ms)",
                        attempt.code.orDash, attempt.reason.map(frame.reason).orDash,
                    ])
            }
            let attempts: HTML = table.isEmpty ? "<p>\(words("No attempt yet.", "尚未尝试发送。"))</p>" : table.html
            return """
                <details id="alert-\(row.id)-\(row.target)"><summary>\(bdi: row.target)\(words(": ", "："))\
                \(words.alertState(row.state.rawValue))\(words(", ", "，"))<code>\(row.id)</code></summary>
                \(attempts)</details>

                """
        }
        return "<h3>\(words("Alerts", "告警"))</h3>\n\(items)"
    }

    private func log(_ frame: PageFrame) -> HTML {
        guard !logLines.isEmpty else {
            return
                "<p>\(frame.words("No log lines. They are read only when a run fails. If a run has failed and they are missing, check its log in the PolarDB console.", "没有日志：只在训练失败时读取。如果训练已失败，说明没有读到，请在 PolarDB 控制台查看。"))</p>\n"
        }
        let lines = logLines.map { line -> HTML in "\(bdi: line)\n" }
        let label = frame.words("Text of the log", "日志文本")
        return "<pre tabindex=\"0\" role=\"region\" aria-label=\"\(label)\">\(lines)</pre>\n"
    }

    private static func word(_ label: Label, _ words: Words) -> String {
        switch label {
        case .description: words("Description", "描述")
        case .instance: words("Instance", "实例")
        case .baseModel: words("Base model", "基础模型")
        case .customModel: words("Custom model", "自定义模型")
        case .training: words("Training", "训练方式")
        case .created: words("Created", "创建时间")
        case .started: words("Started", "开始时间")
        case .completed: words("Completed", "完成时间")
        case .engine: words("Engine", "引擎")
        case .tuning: words("Tuning architecture", "微调架构")
        case .network: words("Network", "网络")
        case .bucket: words("Bucket", "存储桶")
        case .modelPath: words("Model path", "模型路径")
        case .dataSet: words("Data set", "数据集")
        }
    }
}
