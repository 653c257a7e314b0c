import Model
import Monitor

let home = AccountRegion(account: "default", region: "cn-beijing")
let abroad = AccountRegion(account: "other", region: "ap-southeast-1")

func cluster(
    _ id: String, name: String? = nil, in scope: AccountRegion = home, poll: Duration? = nil
) -> WatchedCluster {
    WatchedCluster(id: ClusterID(id), name: name, scope: scope, poll: poll)
}

/// Clusters `a0`, `a1`, … of one account.
func clusters(_ count: Int, in scope: AccountRegion = home) -> [WatchedCluster] {
    (0..<count).map { cluster("a\($0)", in: scope) }
}

func settings(
    _ clusters: [WatchedCluster], quota: QuotaSettings = QuotaSettings(),
    schedule: ScheduleSettings = ScheduleSettings()
) -> MonitorSettings {
    let quotas = Dictionary(clusters.map { ($0.scope, quota) }) { first, _ in first }
    var settings = MonitorSettings(clusters: clusters, quotas: quotas, schedule: schedule)
    // Where polls are counted, nothing else may come between them.
    settings.readsProgress = false
    return settings
}

extension ScheduleSettings {
    /// Without jitter, so that times can be reported beforehand.
    static let steady = ScheduleSettings(jitter: 0)
}

extension ClusterID: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) {
        self.init(text)
    }
}

extension MonotonicInstant {
    static func seconds(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64(seconds * 1_000_000_000))
    }
}
