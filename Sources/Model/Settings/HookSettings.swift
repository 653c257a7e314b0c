/// One entry of `hooks`: a program on this host that `polarai-daemon hooks` runs for alerts.
package struct HookSettings: Hashable, Sendable {
    /// The key under `hooks`.
    package let name: String
    /// The program's absolute path, then its arguments. No shell reads them.
    package let command: [String]
    /// How long the program may take, its whole process group included.
    package let timeout: Duration
    /// Variables beside those that every hook gets.
    package let environment: [String: String]

    package init(
        name: String, command: [String], timeout: Duration = .seconds(60), environment: [String: String] = [:]
    ) {
        self.name = name
        self.command = command
        self.timeout = timeout
        self.environment = environment
    }
}
