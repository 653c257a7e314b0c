import Model
import PolarDB
import Reports
import Store
import WebPage

extension HistoryReader {
    /// What the page of one task shows.
    ///
    /// - Parameter live: what only the running daemon knows, by task.
    func taskPage(named name: String, live: [String: LiveTask]) throws -> TaskPage {
        let id = try task(named: name)
        var page = TaskPage(id: id.rawValue, name: try self.name(of: id))
        let trouble = try taskTroubles()[id]
        if let row = try statusRows().first(where: { $0.cluster == id }) {
            var line = TaskLine(row, trouble, id: { numbering.id($0).description })
            live[id.rawValue]?.update(&line)
            page.line = line
        }
        let record = try answer(of: id)
        let answer = record.flatMap { TaskAnswer(parsing: $0.body) }
        if let record, let answer {
            page.observedAt = record.observedAt
            page.facts = answer.pageFacts(instance: try instance(of: id))
            page.parameters = answer.pageParameters
        }
        page.logLines = try StoredTask(of: id, answer: answer, in: self).logLines
        page.curve = try curve(of: id)
        page.runs = try latestRuns(of: id, count: 20, at: CostTime.coarse).reversed().map(\.record)
        if let run = page.runs.last, run.outcome == .running { page.line?.cost = run.cost }
        _ = try history(HistoryFilter(clusters: [id.rawValue]), before: nil, limit: 50) {
            page.events.insert(try EventLine($0), at: 0)
        }
        for event in page.events where page.alerts.count < 100 && !event.alerts.isEmpty {
            page.alerts += try alerts(ofEvent: event.seq).map {
                (row: $0, attempts: try attempts(at: AlertKey(seq: $0.seq, target: $0.target)))
            }
        }
        return page
    }
}

extension TaskAnswer {
    fileprivate func pageFacts(instance: String?) -> [(label: TaskPage.Label, value: TaskPage.Fact)] {
        var facts: [(label: TaskPage.Label, value: TaskPage.Fact)] = []
        func add(_ label: TaskPage.Label, _ text: String?) {
            if let text, !text.isEmpty { facts.append((label, .text(text))) }
        }
        func add(_ label: TaskPage.Label, _ time: Timestamp?) {
            if let time { facts.append((label, .time(time))) }
        }
        add(.description, description)
        add(.instance, instance)
        let run = latestRun
        add(.baseModel, run?.modelName)
        if run?.modelPath != run?.modelName { add(.customModel, run?.modelPath) }
        add(.training, [run?.trainMode, run?.trainType].compactMap(\.self).joined(separator: ", "))
        add(.created, createdAt)
        add(.started, run?.startedAt)
        add(.completed, run?.completedAt)
        add(.engine, [databaseType, databaseVersion].compactMap(\.self).joined(separator: " "))
        add(.tuning, tuneArchitecture)
        add(.network, [networkType, vpcID, vSwitchID].compactMap(\.self).joined(separator: " "))
        add(.bucket, customBucket)
        for path in modelPaths.prefix(20) { add(.modelPath, path) }
        for set in dataSets.prefix(20) {
            add(.dataSet, [set.name, set.path, set.type].compactMap(\.self).joined(separator: ", "))
        }
        return facts
    }

    fileprivate var pageParameters: [(name: String, value: String)] {
        var members = latestRun?.parameters?.objectValue ?? [:]
        for (key, value) in accessInfo?.objectValue ?? [:] { members["AccessInfo.\(key)"] = value }
        return members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.stringValue ?? $0.value.text()) }
    }
}
