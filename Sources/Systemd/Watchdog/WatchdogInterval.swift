/// How often the service manager wants to hear `WATCHDOG=1`, by sd_watchdog_enabled(3).
package struct WatchdogInterval: Hashable, Sendable {
    /// After this long without a sign the manager ends the process.
    package let timeout: Duration

    /// How often to send: a third of it, so that one beat may be lost or late.
    package var beat: Duration { timeout / 3 }

    /// - Parameters:
    ///   - environment: `WATCHDOG_USEC`, and `WATCHDOG_PID` where the manager means one process only.
    ///   - pid: this process.
    /// - Returns: nil where no watchdog is asked for, or not from this process.
    package init?(environment: [String: String], pid: Int32) {
        guard let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init), microseconds > 0 else { return nil }
        if let owner = environment["WATCHDOG_PID"], Int32(owner) != pid { return nil }
        timeout = .microseconds(microseconds)
    }
}
