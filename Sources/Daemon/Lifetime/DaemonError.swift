package import Config
package import Store

/// Why the service could not start, or could not go on.
package enum DaemonError: Error {
    case config(ConfigError)
    case store(StoreError)
    /// Another daemon has the runtime directory. The pid is nil if its lock does not say.
    case runtimeTaken(folder: String, byPID: Int32?)
    /// A part of the service ended without being asked to.
    case ended(ServicePart)
    /// It was stopped while the database took no commits: why it took none.
    case unstored(String)
    /// This process may open fewer files than it needs.
    case tooFewFiles(limit: UInt64, needed: UInt64)
}

/// What runs for as long as the service does.
package enum ServicePart: String, Hashable, Sendable {
    case polling, delivery, firing = "Alertmanager repeats", control = "control socket"
    case status = "status socket", pinging = "heartbeats", sharing = "host sharing"
    case housekeeping, memory = "memory release", watchdog, reloads = "reloading", signals = "signal handling"
}
