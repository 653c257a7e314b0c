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
                alerts: try reader.alertCounts(), targets: try reader.suspendedTargets())
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
        try await change(.retry, order)
    }

    func dropAlerts(_ order: AlertOrder) async throws(AlertOrderRefused) -> AlertAnswer {
        try await change(.drop, order)
    }

    /// One part after the other, so that polls and deliveries get at the database in between.
    private func change(_ action: AlertAction, _ order: AlertOrder) async throws(AlertOrderRefused) -> AlertAnswer {
        let targets = Set(await reloader.settings.targets.map(\.name))
        let now = clock.now().wall
        var answer = AlertAnswer()
        var place: AlertPlace?
        do {
            repeat {
                let (part, next) = try await store.perform { [place] store in
                    try store.change(action, order, knownTargets: targets, from: place, at: now)
                }
                if !part.targets.isEmpty { deliveryLoop.wake(part.targets) }
                answer.add(part)
                place = next
            } while place != nil
        } catch {
            throw .failed("the database did not take it: \(error)")
        }
        return answer
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
        return StatusReport(daemon: daemon, clusters: rows, alerts: alerts, targets: targets)
    }
}
