import Model
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
            try runningRuns(at: WallClock.now).compactMap { run in run.record.cost.map { (run.record.cluster, $0) } }
        ) { $1 }
        for row in try statusRows() {
            let trouble = troubles[row.cluster]
            var line = TaskLine(row, trouble, id: { numbering.id($0).description })
            guard filter.matches(line) else { continue }
            live[line.id]?.update(&line)
            line.cost = costs[row.cluster]
            content.add(line, isCompleted: row.status?.isCompleted == true)
            if line.shape == .running || line.shape == .stalled { running.append(line) }
        }
        content.running.total = running.count
        content.running.shown = Self.byExpectedEnd(running)
        content.hasCost = content.running.shown.contains { $0.cost != nil }
        content.scopes = try failingScopes().map {
            NowContent.Scope(account: $0.scope.account, region: $0.scope.region, since: $0.since)
        }
        content.targets = try suspendedTargets().map {
            NowContent.Target(name: $0.name, since: $0.since, nextProbe: $0.probeAt, reason: $0.reason)
        }
        let alerts = try alertCounts()
        (content.deadAlerts, content.pendingAlerts) = (alerts.dead, alerts.pending)
        let recent = HistoryFilter(clusters: filter.clusters, accounts: filter.accounts)
        _ = try history(recent, before: nil, limit: 20) { content.recent.insert(try EventLine($0), at: 0) }
        return content
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

extension TaskTrouble {
    var isOpenFailure: Bool { failure != nil && !isAcknowledged }
}

extension NowContent {
    /// Puts a task where it belongs: what is wrong with it goes first.
    mutating func add(_ line: TaskLine, isCompleted: Bool) {
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

extension TaskLine {
    init(_ row: StatusRow, _ trouble: TaskTrouble?, id: (Int64) -> String) {
        self.init(
            id: row.cluster.rawValue, name: row.name, description: row.description, account: row.scope.account,
            region: row.scope.region, status: row.status?.rawValue, isStalled: trouble?.isStalled ?? false,
            since: row.since)
        lastPollAt = row.lastPollAt
        lastError = row.lastError
        progress = row.progress
        failingSince = trouble?.failingSince
        overdue = row.overdue.map { ($0.limit.rawValue, $0.since) }
        if let failure = trouble?.failure, trouble?.isOpenFailure == true { openFailure = id(failure) }
    }
}

extension EventLine {
    init(_ row: HistoryRow) throws {
        var alerts: [Alert] = []
        try row.forEachAlert { alert in
            alerts.append(
                Alert(
                    target: String(decoding: alert.target, as: UTF8.self),
                    state: String(decoding: alert.state, as: UTF8.self)))
        }
        self.init(
            seq: row.seq, id: "\(row.installation)-\(row.seq)", event: row.text(.event) ?? "",
            cluster: row.text(.cluster), name: try row.text(.name) ?? row.description, account: row.text(.account),
            from: row.text(.from), to: row.text(.to), kind: row.text(.kind) ?? "",
            observedAt: row.time(.observedAt) ?? Timestamp(milliseconds: 0), apiTime: row.time(.apiTime),
            alerts: alerts, target: row.text(.target), acknowledgedBy: row.acknowledgement?.author)
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
                progress: item["progress"].flatMap { progress($0, of: id) })
        }
        return tasks
    }

    private static func progress(_ json: JSONValue, of id: String) -> ProgressRecord? {
        guard let members = json.objectValue else { return nil }
        var record = ProgressRecord(cluster: ClusterID(id))
        record.latest = TrainingProgress(
            step: members["step"]?.integerValue, totalSteps: members["total_steps"]?.integerValue,
            epoch: members["epoch"]?.numberValue, metrics: members["metrics"]?.objectValue ?? [:],
            loggedAt: json.time("logged_at"))
        record.expectedEnd = json.time("expected_end")
        return record
    }

    func update(_ line: inout TaskLine) {
        line.lastPollAt = lastPollAt ?? line.lastPollAt
        line.lastError = lastError
        if let progress { line.progress = progress }
    }
}

extension JSONValue {
    fileprivate func time(_ key: String) -> Timestamp? {
        self[key]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
    }
}
