import TestSupport

/// A socket in the place of journald's, seen by one daemon alone.
struct JournalStandIn: Sendable {
    /// The fields of one entry; those of one line only.
    typealias Entry = [String: String]

    /// The native protocol comes in datagrams, as notifications do.
    private let socket = Result { try NotifySocket() }

    /// The entries so far.
    func entries() throws -> [Entry] {
        try socket.get().messages.map { message in
            var entry: Entry = [:]
            for line in message.lines {
                guard let equals = line.firstIndex(of: "=") else { continue }
                entry[String(line[..<equals])] = String(line[line.index(after: equals)...])
            }
            return entry
        }
    }

    /// Starts the daemon of a site as systemd would: its standard error is the journal's stream, and journald's socket
    /// is this one.
    func start(_ site: Site) throws -> RunningDaemon {
        let script = try """
        mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/journal && ln -s '\(socket.get().path)' \(Self.path)
        export JOURNAL_STREAM=$(stat -L -c %d:%i /dev/fd/2)
        exec '\(ProgramPath.built("polarai-daemon"))' run
        """
        return try RunningDaemon { manager in
            try RunningProgram(
                ProgramPath.system("unshare"), Self.namespace + ["sh", "-ceu", script],
                environment: site.environment.merging(["NOTIFY_SOCKET": manager.path]) { $1 })
        }
    }

    /// Whether this machine lets a test mount something for a process of its own.
    static func isPossible() async -> Bool {
        guard let unshare = try? ProgramPath.system("unshare") else { return false }
        let trial = try? await run(unshare, namespace + ["mount", "-t", "tmpfs", "tmpfs", "/run"])
        return trial?.exitCode == 0
    }

    /// Names of its own for files; a user who is not root needs a namespace of users for that.
    private static let namespace = ["--mount", "--map-root-user"]
    private static let path = "/run/systemd/journal/socket"
}
