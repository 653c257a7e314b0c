import Glibc
import Model
import Store
import Systemd

/// Looks after the database: whether its file is still there and not another one (`EventStore.checkFile`), and its log stays
/// small; deletes what the config no longer keeps, and gives up what waits for targets that are gone, a little at a time.
struct Housekeeper: Sendable {
    private let store: any StoreAccess
    private let path: String
    private let clock: any TimeSource
    private let announcer: Announcer
    private let heartbeats: Heartbeats
    private let interval: Duration

    private static let betweenPrunings = Duration.seconds(3600)
    /// Between two batches, so that polls and deliveries get at the database in between.
    private static let betweenBatches = Duration.milliseconds(50)

    /// - Parameters:
    ///   - path: of the database.
    ///   - interval: how often it looks: a file that is replaced must be noticed within a minute.
    init(
        store: any StoreAccess, path: String, clock: any TimeSource, announcer: Announcer, heartbeats: Heartbeats,
        interval: Duration = .seconds(20)
    ) {
        self.store = store
        self.path = path
        self.clock = clock
        self.announcer = announcer
        self.heartbeats = heartbeats
        self.interval = interval
    }

    /// What the config says now.
    struct Rules: Sendable {
        let keep: Duration?
        /// All that may be sent to: what waits for others is ended.
        let targets: Set<String>
        /// Of a database that hosts share: the tasks of other accounts and regions are not watched any more. Nil: they are
        /// looked after elsewhere.
        var scopes: Set<AccountRegion>?
    }

    /// Runs until the task is cancelled.
    ///
    /// - Parameter rules: nil while another host looks after the database.
    func run(rules: @Sendable () async -> Rules?) async {
        var retention = RetentionClock(nil)
        var isLoaded = false
        var isReplaced = false
        var isLogLarge = false
        var unnamed = UnnamedWork()
        var nextPruning = clock.now().monotonic
        while !Task.isCancelled {
            heartbeats.beat(.housekeeping)
            guard let current = await rules() else {
                isLoaded = false
                unnamed = UnnamedWork()
                await rest()
                continue
            }
            do {
                try await store.perform { try $0.checkFile() }
                if !isLoaded {
                    retention = RetentionClock(try await store.perform { try $0.loadRetention() })
                    isLoaded = true
                }
                if isReplaced { announcer.storageWorks() }
                isReplaced = false
                let now = clock.now()
                if let jump = retention.look(at: now.wall, now.monotonic) { announcer.write(Self.entry(of: jump)) }
                report(logSize: LogSize.bytes(ofDatabase: path), &isLogLarge)
                if let scopes = current.scopes {
                    unnamed = try await end(unnamed, scopes: scopes, targets: current.targets)
                } else {
                    try await bury(current.targets)
                }
                if nextPruning <= now.monotonic {
                    nextPruning = now.monotonic.advanced(by: Self.betweenPrunings)
                    try await prune(current, &retention)
                }
            } catch is CancellationError {
                return
            } catch {
                // Other trouble ends with the next commit.
                if case StoreError.replaced = error { isReplaced = true }
                announcer.storageFails(error)
            }
            await rest()
        }
    }

    /// Until the next look, with a sign of life now and then.
    private func rest() async {
        let end = clock.now().monotonic.advanced(by: interval)
        while !Task.isCancelled {
            heartbeats.beat(.housekeeping)
            let left = end.since(clock.now().monotonic)
            guard left > .zero else { return }
            try? await Task.sleep(for: min(left, heartbeats.interval))
        }
    }

    /// The first batch of what waits for a removed target is buried by the reload; this is the rest of a long backlog.
    private func bury(_ targets: Set<String>) async throws {
        while try await store.perform({ [clock] in try $0.buryAlerts(ofTargetsNotIn: targets, at: clock.now().wall) })
            .isMore
        {
            heartbeats.beat(.housekeeping)
            try await Task.sleep(for: Self.betweenBatches)
        }
    }

    /// Ends what no host names, if that was so at the look before as well: what is known of the hosts is some seconds old, and
    /// one of them may have begun since with what it alone names.
    ///
    /// - Parameter before: what that look has found.
    /// - Returns: what this one has found.
    private func end(
        _ before: UnnamedWork, scopes: Set<AccountRegion>, targets: Set<String>
    ) async throws -> UnnamedWork {
        let found = try await store.perform { try $0.unnamedWork(scopes: scopes, targets: targets) }
        let ended = found.intersection(before)
        if !ended.tasks.isEmpty { try await store.perform { try $0.endWatching(ended.tasks) } }
        while try await store.perform({ [clock] in try $0.buryAlerts(of: ended.targets, at: clock.now().wall) }) {
            heartbeats.beat(.housekeeping)
            try await Task.sleep(for: Self.betweenBatches)
        }
        return found
    }

    private func prune(_ rules: Rules, _ retention: inout RetentionClock) async throws {
        if let time = retention.time() {
            var place: PrunePlace? = .start
            while let from = place {
                place = try await store.perform { try $0.prune(keep: rules.keep, at: time, from: from) }
                heartbeats.beat(.housekeeping)
                try await Task.sleep(for: Self.betweenBatches)
            }
            try await store.perform { try $0.forgetTargets(notIn: rules.targets) }
        }
        if let record = retention.record { try await store.perform { try $0.save(record) } }
    }

    private static func entry(of jump: Duration) -> JournalEntry {
        let seconds = jump.wholeMilliseconds / 1000
        let amount = DurationText.write(.seconds(abs(seconds)))
        return JournalEntry(
            "This host's clock was set \(seconds < 0 ? "back" : "forward") by \(amount). As a precaution no history is "
                + "deleted for the next 24 hours. If the clock is wrong, set it (timedatectl set-ntp true).",
            priority: .warning)
    }

    private func report(logSize: Int64, _ isLarge: inout Bool) {
        // Twice the limit, so that it is reported only if it grows on.
        let isLargeNow = logSize > LogSize.limit * 2
        defer { isLarge = isLargeNow }
        guard isLargeNow, !isLarge else { return }
        announcer.write(
            JournalEntry(
                "The write-ahead log \(path)-wal has grown to \(logSize >> 20) MB, because another program has been reading the "
                    + "database for a long time. List the programs with `fuser -v \(path)` and end the one that is not "
                    + "polarai-daemon (this daemon is pid \(getpid())); the log then shrinks by itself.",
                priority: .warning))
    }
}
