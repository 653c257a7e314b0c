package import Config
package import Store

/// Why the service could not start, or could not go on.
package enum DaemonError: Error {
    case config(ConfigError)
    case store(StoreError)
    /// A part of the service ended without being asked to.
    case ended(ServicePart)
}

/// What runs for as long as the service does.
package enum ServicePart: String, Hashable, Sendable {
    case polling, delivery, holding = "repeating to Alertmanager", control = "the control socket"
    case status = "the status socket", pinging = "heartbeats", sharing = "the share of this host"
    case housekeeping, memory = "giving back memory", watchdog, reloads = "reloading", signals = "waiting for signals"
}
