import Model
package import Store

extension StatusReport {
    /// The same with the tasks that a host's config names and nobody polls.
    package func adding(leftOutBy hosts: [ListedHost]) -> StatusReport {
        var shown = Set(clusters.map(\.cluster))
        var report = self
        for host in hosts where host.isAlive {
            for task in host.entry.leftOut where shown.insert(task.cluster).inserted {
                let holder = hosts.first { $0.isAlive && $0.holds.contains(.scope(task.scope)) }?.entry.host
                let reason =
                    "not polled: host \(holder ?? "(unknown)") polls account \(task.scope.account) in "
                    + "\(task.scope.region), but this task is only in the config of host \(host.entry.host); make both "
                    + "configs the same and reload both hosts"
                report.clusters.append(StatusRow(unwatched: task.cluster, in: task.scope, because: reason))
            }
        }
        return report
    }
}
