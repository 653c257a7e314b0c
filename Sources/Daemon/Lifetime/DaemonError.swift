package import Config
package import Store

/// Why the service could not start.
package enum DaemonError: Error {
    case config(ConfigError)
    case store(StoreError)
}
