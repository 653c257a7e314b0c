import Model
package import Store

/// What the first page shows.
package struct NowContent: Sendable {
    /// What is counted, and the first of it.
    package struct Group: Sendable {
        package var total = 0
        package var shown: [TaskLine] = []

        package init() {}

        /// - Parameter limit: how many are shown.
        package mutating func add(_ line: TaskLine, limit: Int = 100) {
            total += 1
            if shown.count < limit { shown.append(line) }
        }
    }

    package var failed = Group()
    package var stalled = Group()
    package var overdue = Group()
    package var failing = Group()
    package var running = Group()
    package var others = Group()
    package var scopes: [FailingScope] = []
    package var targets: [SuspendedTarget] = []
    package var deadAlerts = 0
    package var pendingAlerts = 0
    package var recent: [EventLine] = []
    package var hasCost = false

    package init() {}

    var hasTrouble: Bool {
        failed.total + stalled.total + overdue.total + failing.total + deadAlerts > 0 || !scopes.isEmpty
            || !targets.isEmpty
    }
}

/// `/`: trouble first, then what runs, then what happened.
package enum NowPage {
    package static func render(_ frame: PageFrame, _ content: NowContent, filter: NowFilter) -> [UInt8] {
        let words = frame.words
        return frame.page(
            title: words("Now", "概览"),
            """
            \(form(frame, filter))\
            <section id="trouble" aria-labelledby="trouble-title" data-refresh>
            <h2 id="trouble-title">\(words("Trouble", "需要处理"))</h2>
            \(trouble(frame, content))</section>
            <section id="running" aria-labelledby="running-title" data-refresh>
            <h2 id="running-title">\(words("Running", "运行中"))\(words.count(content.running.total))</h2>
            \(running(frame, content))</section>
            <section id="recent" aria-labelledby="recent-title" data-refresh>
            <h2 id="recent-title">\(words("What happened recently", "最近事件"))</h2>
            \(EventLine.table(content.recent, frame, caption: words("Newest events", "最新事件")))\
            <p><a href="\(frame.link("history"))">\(words("All of the history", "全部历史"))</a></p>
            </section>
            <section id="others" aria-labelledby="others-title" data-refresh>
            <h2 id="others-title">\(words("Other tasks", "其他任务"))\(words.count(content.others.total))</h2>
            \(others(frame, content))</section>
            """)
    }

    private static func form(_ frame: PageFrame, _ filter: NowFilter) -> HTML {
        let words = frame.words
        return FilterForm(
            frame: frame, path: "",
            fields: [
                .text(
                    name: "cluster", label: words("Task", "任务"), value: filter.clusters.joined(separator: " "),
                    hint: words("id, name or night*", "ID、名称或通配符，如 night*")),
                .text(name: "status", label: words("Status", "状态"), value: filter.statuses.first ?? "", hint: "FAILED"),
                .text(
                    name: "account", label: words("Account", "账号"), value: filter.accounts.first ?? "", hint: "default"),
            ]
        ).html
    }

    private static func trouble(_ frame: PageFrame, _ content: NowContent) -> HTML {
        let words = frame.words
        guard content.hasTrouble else {
            return "<p class=\"calm\">\(Shape.completed.svg) \(words("None.", "无"))</p>\n"
        }
        let acknowledging: HTML = """
            <p>\(words("To acknowledge, run", "着手处理时，请先在监控主机上运行以下命令认领（此后不再提醒和升级）："))
            <code>polarai-daemon ack \(words("TASK", "任务ID"))</code></p>

            """
        var html: HTML = ""
        if content.failed.total > 0 {
            html += tasks(
                frame, content.failed, title: words("Failed and not acknowledged", "失败且未认领"),
                more: frame.link("history", [("event", "failed")]))
        }
        let late = [
            (content.overdue, words("Overdue", "运行时间过长")), (content.stalled, words("Stalled", "停滞")),
        ]
        for (group, title) in late where group.total > 0 {
            html += tasks(
                frame, group, title: title, since: words("In this status since", "当前任务状态始于"), advice: acknowledging,
                more: nil)
        }
        if content.failing.total > 0 {
            html += tasks(
                frame, content.failing, title: words("Polling failing", "状态查询失败"),
                advice: """
                    <p>\(words("To find the cause, run", "请在监控主机上运行以下命令排查：")) <code>polarai-daemon doctor</code></p>

                    """,
                more: nil)
        }
        html += failingScopes(frame, content)
        html += suspendedTargets(frame, content)
        html += deadAlerts(frame, content)
        return html
    }

    /// Accounts in which no poll succeeds.
    private static func failingScopes(_ frame: PageFrame, _ content: NowContent) -> HTML {
        let words = frame.words
        guard !content.scopes.isEmpty else { return "" }
        let items = content.scopes.prefix(100).map { failing -> HTML in
            """
            <li>\(Shape.failed.svg) \(words("Account", "账号")) \(bdi: failing.scope.account)\(words(", ", "（"))\
            \(bdi: failing.scope.region)\(words(": no valid answer since", "）：自")) \(TimeTag(failing.since).html)\
            \(words(
                ". Status changes are not detected until it recovers. To find the cause, run",
                " 起没有有效响应。恢复之前无法发现该账号下任务的状态变化，请在监控主机上运行以下命令排查：")) \
            <code>polarai-daemon doctor</code></li>

            """
        }
        return "<h3>\(words("Failing accounts", "状态查询失败的账号"))</h3>\n<ul>\(items)</ul>\n"
    }

    /// Targets that are sent nothing but probes.
    private static func suspendedTargets(_ frame: PageFrame, _ content: NowContent) -> HTML {
        let words = frame.words
        guard !content.targets.isEmpty else { return "" }
        let items = content.targets.prefix(100).map { target -> HTML in
            """
            <li>\(Shape.failed.svg) \(bdi: target.name)\(words(": suspended since", "：自")) \
            \(TimeTag(target.since).html)\(words("", " 起不可用"))\
            \(target.reason.map { "\(words(": ", "，原因："))\(bdi: frame.reason($0))" as HTML })<br>\
            \(words("Next probe:", "下次自动重试：")) \(target.probeAt.orDash)\(words(". When it is fixed, run", "。修复后不必等待，可在监控主机上运行")) \
            <code>polarai-daemon test-alert \(bdi: target.name)</code>\(words("", " 立即恢复发送。"))</li>

            """
        }
        return "<h3>\(words("Suspended targets", "不可用的告警渠道"))</h3>\n<ul>\(items)</ul>\n"
    }

    /// How many alerts are dead, and what to do.
    private static func deadAlerts(_ frame: PageFrame, _ content: NowContent) -> HTML {
        let words = frame.words
        guard content.deadAlerts > 0 else { return "" }
        return """
            <h3>\(words("Dead alerts", "发送失败的告警"))</h3>
            <p>\(Shape.failed.svg) <a href="\(frame.link("alerts", [("state", "dead")]))">\(content.deadAlerts) \
            \(words("dead: not delivered, and no more attempts", "条告警发送失败，不再自动重试"))</a>\
            \(words(". After fixing the cause, run", "。排除故障后，在监控主机上运行")) \
            <code>polarai-daemon alerts retry --target NAME</code>\(words(", or drop them with", " 重发；不再需要的，运行")) \
            <code>polarai-daemon alerts drop ID</code>\(words("", " 丢弃"))</p>

            """
    }

    private static func tasks(
        _ frame: PageFrame, _ group: NowContent.Group, title: String, since: String? = nil, advice: HTML? = nil,
        more: String?
    ) -> HTML {
        let words = frame.words
        var table = DataTable(
            caption: title + words.count(group.total),
            columns: [
                words("Task", "任务"), words("Status", "状态"), since ?? words("Since", "问题始于"),
                words("Details", "详情"),
            ])
        for line in group.shown {
            var details: HTML = ""
            if let overdue = line.overdueText(words) { details += "\(overdue) " }
            if let error = line.lastError { details += "\(bdi: frame.reason(error))" }
            if let failure = line.openFailure {
                details += "\(words("To acknowledge: ", "认领（在监控主机上运行）："))<code>polarai-daemon ack \(failure)</code>"
            }
            table.add(
                key: line.id,
                [line.title(frame), line.badge(words), (line.failingSince ?? line.since).orDash, details])
        }
        return "\(table.html)\(advice)\(rest(frame, group, more))"
    }

    private static func rest(_ frame: PageFrame, _ group: NowContent.Group, _ more: String?) -> HTML {
        let count = group.total - group.shown.count
        guard count > 0 else { return "" }
        let text = frame.words(
            "and \(count) more; use the filters",
            more == nil ? "另有 \(count) 个未显示，可用页面顶部的筛选条件查找" : "另有 \(count) 个未显示，查看全部失败记录")
        guard let more else { return "<p>\(text)</p>\n" }
        return "<p><a href=\"\(more)\">\(text)</a></p>\n"
    }

    private static func running(_ frame: PageFrame, _ content: NowContent) -> HTML {
        let words = frame.words
        guard content.running.total > 0 else {
            return "<p>\(words("Nothing is running.", "没有正在运行的任务。"))</p>\n"
        }
        var columns = [
            words("Task", "任务"), words("Status", "状态"), words("Progress", "进度"), words("Loss", "loss"),
            words("Expected end", "预计结束时间"), words("Since", "当前任务状态始于"), words("Account", "账号"),
            words("Last poll", "上次查询"),
        ]
        if content.hasCost { columns.append(words("Cost", "费用")) }
        var table = DataTable(caption: words("Running tasks, by expected end", "运行中的任务（按预计结束时间排序）"), columns: columns)
        for line in content.running.shown {
            var cells = [
                line.title(frame), line.badge(words), ProgressBar(progress: line.progress, words: words).html,
                ProgressBar.loss(line.progress).map { "\($0.short)" } ?? "–", line.progress?.expectedEnd.orDash ?? "–",
                line.since.orDash, "\(bdi: line.account) \(bdi: line.region)", line.lastPollAt.orDash,
            ]
            if content.hasCost { cells.append((line.cost?.text).orDash) }
            table.add(key: line.id, cells)
        }
        return "\(table.html)\(rest(frame, content.running, nil))"
    }

    private static func others(_ frame: PageFrame, _ content: NowContent) -> HTML {
        let words = frame.words
        guard content.others.total > 0 else { return "<p>\(words("None.", "无"))</p>\n" }
        var table = DataTable(
            caption: words(
                "Other tasks: completed, failed and acknowledged, gone, or without an answer so far",
                "已完成、失败（已认领）、已不存在或尚无有效响应的任务"),
            columns: [
                words("Task", "任务"), words("Status", "状态"), words("Since", "当前任务状态始于"), words("Account", "账号"),
                words("Last poll", "上次查询"),
            ])
        for line in content.others.shown {
            table.add(
                key: line.id,
                [
                    line.title(frame), line.badge(words), line.since.orDash,
                    "\(bdi: line.account) \(bdi: line.region)", line.lastPollAt.orDash,
                ])
        }
        return "\(table.html)\(rest(frame, content.others, nil))"
    }
}

/// Which tasks the first page shows; what is empty restricts nothing.
package struct NowFilter: Sendable {
    /// Ids, names or globs.
    package var clusters: [String]
    package var statuses: [String]
    package var accounts: [String]

    package init(clusters: [String] = [], statuses: [String] = [], accounts: [String] = []) {
        self.clusters = clusters
        self.statuses = statuses
        self.accounts = accounts
    }

    package var isEmpty: Bool { clusters.isEmpty && statuses.isEmpty && accounts.isEmpty }

    package func matches(_ line: TaskLine) -> Bool {
        guard accounts.isEmpty || accounts.contains(line.account) else { return false }
        guard statuses.isEmpty || statuses.contains(where: { $0.lowercased() == line.status?.lowercased() }) else {
            return false
        }
        guard !clusters.isEmpty else { return true }
        return clusters.contains { pattern in
            if pattern == line.id || pattern == line.name { return true }
            guard Glob.isPattern(pattern) else { return false }
            let glob = Glob(pattern)
            return glob.matches(line.id) || line.name.map(glob.matches) == true
        }
    }
}
