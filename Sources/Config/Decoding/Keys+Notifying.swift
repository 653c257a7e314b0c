// The keys of who is notified when, of hooks and of the status page.

/// `hours` of a route.
enum HoursKey: String, ConfigKey {
    case timezone, windows
}

/// An item of `windows`.
enum WindowKey: String, ConfigKey {
    case days, from, to
}

/// `escalate` of a route.
enum EscalationKey: String, ConfigKey {
    case after, targets
}

/// `overdue`, of the whole config or of a cluster.
enum OverdueKey: String, ConfigKey {
    case maxRuntime = "max_runtime"
    case slowerThan = "slower_than"
    case deadline
}

enum CostKey: String, ConfigKey {
    case currency
    case perHour = "per_hour"
}

enum SummaryKey: String, ConfigKey {
    case at, days, timezone, targets
}

enum HeartbeatKey: String, ConfigKey {
    case url, every, type
    case eachHost = "each_host"
}

enum HookKey: String, ConfigKey {
    case command, timeout, environment
}

enum WebKey: String, ConfigKey {
    case listen, tls, users, token, hosts
    case basePath = "base_path"
    case externalURL = "external_url"
    case taskMetrics = "task_metrics"
}

/// `tls` of `web`.
enum WebTLSKey: String, ConfigKey {
    case cert, key
}
