import Glibc

/// Begins the program anew in the same process, with the same arguments: nothing of before is left but the process id, and
/// the lease that it held.
enum ProcessRestart {
    /// What the program that begins finds in its environment.
    private static let variable = "POLARAI_LEASE"

    /// The lease of the program that this process ran before: if nobody has taken it meanwhile, it is renewed.
    struct Inheritance: Sendable {
        let owner: String
        let epoch: Int64

        /// - Returns: nil if the process has begun with this program.
        static func take() -> Inheritance? {
            guard let text = getenv(ProcessRestart.variable).map({ String(cString: $0) }) else { return nil }
            unsetenv(ProcessRestart.variable)
            let parts = text.split(separator: " ")
            guard parts.count == 2, let epoch = Int64(parts[1]) else { return nil }
            return Inheritance(owner: String(parts[0]), epoch: epoch)
        }
    }

    static func perform(leaving inheritance: Inheritance? = nil) {
        if let inheritance { setenv(variable, "\(inheritance.owner) \(inheritance.epoch)", 1) }
        execv("/proc/self/exe", CommandLine.unsafeArgv)
        // Without it the process cannot go on; systemd starts another one.
        _exit(EXIT_FAILURE)
    }
}
