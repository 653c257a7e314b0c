import Model
import Monitor
import Systemd

/// Calls of the API in the log, for whoever set its level to `debug`.
enum CallEntry {
    /// A call was taken from the budget of its account. The moment is by the uptime, which all processes of a host share and
    /// nobody sets.
    static func taken(_ order: PollOrder, at now: MonotonicInstant) -> JournalEntry {
        let microseconds = now.nanoseconds / 1000
        let fraction = String(1_000_000 + microseconds % 1_000_000).dropFirst()
        return JournalEntry(
            "API call: \(subject(order.call)), account \(order.scope.account) in \(order.scope.region), at uptime "
                + "\(microseconds / 1_000_000).\(fraction) s.",
            priority: .debug)
    }

    private static func subject(_ call: PollCall) -> String {
        switch call {
        case .describeTask(let cluster, _): "task \(cluster.rawValue)"
        case .listTasks(let instance, let page): "tasks of \(instance), page \(page)"
        case .readProgress(let cluster, _, _): "progress of \(cluster.rawValue)"
        case .readLog(let cluster, _): "log of \(cluster.rawValue)"
        }
    }
}
