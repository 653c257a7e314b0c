import Model
import Reports
import Store
import WebPage

extension HistoryReader {
    /// What the first page shows.
    ///
    /// - Parameters:
    ///   - live: what only the running daemon knows, by task.
    ///   - troubles: of `taskTroubles()`.
    func now(
        _ filter: NowFilter, live: [String: LiveTask], troubles: [ClusterID: TaskTrouble]
    ) throws -> NowContent {
        var content = NowContent()
        var running: [TaskLine] = []
        let costs = Dictionary(
            try runningRuns(at: CostTime.coarse).compactMap { run in run.record.cost.map { (run.record.cluster, $0) } }
        ) { $1 }
        for row in try statusRows() {
            let trouble = troubles[row.cluster]
            var line = TaskLine(row, trouble, id: { numbering.id($0).description })
            guard filter.matches(line) else { continue }
            live[line.id]?.update(&line)
            line.cost = costs[row.cluster]
            content.add(line)
            if line.shape == .running || line.shape == .stalled { running.append(line) }
        }
        content.running.total = running.count
        content.running.shown = Self.byExpectedEnd(running)
        content.hasCost = content.running.shown.contains { $0.cost != nil }
        content.scopes = try failingScopes()
        content.targets = try suspendedTargets()
        let alerts = try alertCounts()
        (content.deadAlerts, content.pendingAlerts) = (alerts.dead, alerts.pending)
        let recent = HistoryFilter(clusters: filter.clusters, accounts: filter.accounts)
        _ = try history(recent, before: nil, limit: 20) { content.recent.insert(try EventLine($0), at: 0) }
        return content
    }

    /// The ids, names and patterns that were written into one field: the whole of it if there is such a task, as names may
    /// have spaces, else each word.
    func taskNames(in text: String) throws -> [String] {
        guard text.contains(" "), try clusters(matching: text).isEmpty else { return [text] }
        return text.split(separator: " ").map(String.init)
    }

    /// The first hundred by when they are expected to end, those of which that is not known last.
    private static func byExpectedEnd(_ lines: [TaskLine]) -> [TaskLine] {
        let sorted = lines.enumerated().sorted { left, right in
            let (first, second) = (left.element.progress?.expectedEnd, right.element.progress?.expectedEnd)
            guard first == second else { return (first?.milliseconds ?? .max) < (second?.milliseconds ?? .max) }
            return left.offset < right.offset
        }
        return sorted.prefix(100).map(\.element)
    }
}

extension NowContent {
    /// Puts a task where it belongs: what is wrong with it goes first.
    mutating func add(_ line: TaskLine) {
        var isTrouble = false
        if line.openFailure != nil {
            failed.add(line)
            isTrouble = true
        }
        if line.overdue != nil {
            overdue.add(line)
            isTrouble = true
        }
        if line.isStalled, line.shape == .stalled {
            stalled.add(line)
            isTrouble = true
        }
        if line.failingSince != nil {
            failing.add(line)
            isTrouble = true
        }
        if !isTrouble, line.shape != .running { others.add(line) }
    }
}

/// What only the running daemon knows of a task: the database has it a minute later.
struct LiveTask: Sendable {
    let lastPollAt: Timestamp?
    let lastError: String?
    let progress: ProgressRecord?

    /// By task, of the daemon's answer about its status.
    static func all(in status: JSONValue?) -> [String: LiveTask] {
        var tasks: [String: LiveTask] = [:]
        for item in status?["clusters"]?.arrayValue ?? [] {
            guard let id = item["cluster"]?.stringValue else { continue }
            tasks[id] = LiveTask(
                lastPollAt: item.time("last_poll_at"), lastError: item["last_error"]?.stringValue,
                progress: item["progress"].flatMap { ProgressRecord(cluster: ClusterID(id), json: $0) })
        }
        return tasks
    }

    func update(_ line: inout TaskLine) {
        line.lastPollAt = lastPollAt ?? line.lastPollAt
        line.lastError = lastError
        if let progress { line.progress = progress }
    }
}
