import Model
import Monitor

let parent = InstanceKey(id: "pc-1", scope: home)

/// Settings that name nothing but instances.
func discovering(
    _ keys: [InstanceKey] = [parent], clusters: [WatchedCluster] = [], quota: QuotaSettings = QuotaSettings(),
    schedule: ScheduleSettings = .steady
) -> MonitorSettings {
    var settings = settings(clusters, quota: quota, schedule: schedule)
    settings.instances = keys.map { WatchedInstance(key: $0, labels: ["from": $0.id]) }
    settings.quotas[home] = quota
    return settings
}

/// What a server lists: by pages, or everything at once whatever is asked for.
func list(_ tasks: [ListedTask], page: Int, isPaged: Bool = true, total: Int? = nil) -> TaskListPage {
    guard isPaged else { return TaskListPage(tasks: tasks, total: total) }
    let first = min(tasks.count, (page - 1) * TaskListPage.size)
    return TaskListPage(
        tasks: Array(tasks[first..<min(tasks.count, first + TaskListPage.size)]), total: total ?? tasks.count)
}

func listed(_ id: String, _ status: String? = nil, started: Int64? = nil, completed: Int64? = nil) -> ListedTask {
    ListedTask(
        id: ClusterID(id), status: status.map { ClusterStatus($0) },
        startedAt: started.map { Timestamp(milliseconds: $0 * 1000) },
        completedAt: completed.map { Timestamp(milliseconds: $0 * 1000) })
}

/// Steps of a training, one a second from a time of the lab on.
func steps(_ count: Int, of total: Int = 1000, from begin: Duration = .zero, last: Int = 5) -> ProgressReading {
    guard count > 0 else { return ProgressReading(points: []) }
    return ProgressReading(
        points: (max(1, count - last + 1)...count).map { step in
            ProgressPoint(
                at: Lab.start.wall.advanced(by: begin + .seconds(step)), step: step, totalSteps: total,
                metrics: ["loss": .number(10 / Double(step))])
        })
}
