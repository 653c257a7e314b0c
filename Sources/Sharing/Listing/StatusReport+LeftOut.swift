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
                    "not polled: the config of host \(holder ?? "(unknown)"), which polls account \(task.scope.account) in "
                    + "\(task.scope.region), does not name this task, and that of host \(host.entry.host) does; make the "
                    + "configs the same, and reload both hosts"
                report.clusters.append(StatusRow(unwatched: task.cluster, in: task.scope, because: reason))
            }
        }
        return report
    }
}
