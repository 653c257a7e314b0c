import Config
import Model
import Store

/// Carries out what is asked on the control socket, by the parts that own it.
struct DaemonDesk: ControlRequests {
    let store: StoreQueue
    let pollLoop: PollLoop
    let deliveryLoop: DeliveryLoop
    let reloader: Reloader
    let clock: SystemClock

    /// As the database has it, with the times of the polls that it will have within a minute.
    func status() async throws -> JSONValue {
        let unsaved = await pollLoop.unsavedPollTimes
        let report = try await store.perform { store in
            let reader = try HistoryReader(path: store.path)
            return StatusReport(
                daemon: try reader.daemonInfo(), clusters: try reader.statusRows(),
                alerts: try reader.alertCounts())
        }
        return report.updated(by: unsaved).json
    }

    func reload() async -> ReloadVerdict {
        await reloader.reload()
    }

    func pollNow(_ cluster: String) async throws -> ClusterID? {
        let named = await reloader.settings.clusters.first { $0.name == cluster }
        let id = named?.id ?? ClusterID(cluster)
        return await pollLoop.pollNow(id) ? id : nil
    }

    func retryAlerts(_ order: AlertOrder) async throws(AlertOrderRefused) -> AlertAnswer {
        try await change(order) { store, selection, now in
            try store.retryAlerts(selection, again: order.again, at: now)
        }
    }

    func dropAlerts(_ order: AlertOrder) async throws(AlertOrderRefused) -> AlertAnswer {
        try await change(order) { try $0.dropAlerts($1, at: $2) }
    }

    private func change(
        _ order: AlertOrder,
        _ body: @escaping @Sendable (EventStore, AlertSelection, Timestamp) throws -> AlertChange
    ) async throws(AlertOrderRefused) -> AlertAnswer {
        let installation = store.store.installation
        var unknown: [String] = []
        var seqs: [Int64]?
        if let ids = order.ids {
            let parsed = ids.map { id in (id: id, seq: Self.seq(id, of: installation)) }
            unknown = parsed.filter { $0.seq == nil }.map(\.id)
            seqs = parsed.compactMap(\.seq)
        }
        let selection = AlertSelection(seqs: seqs, target: order.target, since: order.since)
        let now = clock.now().wall
        let change: AlertChange
        do {
            change = try await store.perform { try body($0, selection, now) }
        } catch {
            throw .failed("the database did not take it: \(error)")
        }
        let targets = Set(change.changed.map(\.target))
        if !targets.isEmpty { deliveryLoop.wake(targets) }

        let met = Set((change.changed + change.unchanged).map(\.seq))
        unknown += (seqs ?? []).filter { !met.contains($0) }.map { "\(installation)-\($0)" }
        func names(_ keys: [AlertKey]) -> [AlertName] {
            keys.map { AlertName(id: "\(installation)-\($0.seq)", target: $0.target) }
        }
        return AlertAnswer(changed: names(change.changed), unchanged: names(change.unchanged), unknown: unknown)
    }

    /// The number in `<installation>-<seq>`; nil for an alert of another database, or no id at all.
    private static func seq(_ id: String, of installation: String) -> Int64? {
        guard id.hasPrefix(installation + "-") else { return nil }
        return Int64(id.dropFirst(installation.count + 1))
    }
}

extension StatusReport {
    /// Times of polls that are not in the database yet.
    fileprivate func updated(by times: [PollTimes]) -> StatusReport {
        let newer = Dictionary(times.map { ($0.cluster, $0) }) { $1 }
        let rows = clusters.map { row -> StatusRow in
            guard let times = newer[row.cluster] else { return row }
            var row = row
            row.lastPollAt = times.lastPollAt
            row.nextPollAt = times.nextPollAt
            row.lastError = times.lastError
            return row
        }
        return StatusReport(daemon: daemon, clusters: rows, alerts: alerts)
    }
}
