import Config
import Glibc
import Model
import Monitor
import Sharing
import Store

/// Carries out what is asked on the control socket, by the parts that own it.
struct DaemonDesk: ControlRequests {
    let store: StoreQueue
    let pollLoop: PollLoop
    let deliveryLoop: DeliveryLoop
    let reloader: Reloader
    let announcer: Announcer
    let clock: SystemClock
    /// When this process began.
    let startedAt: Timestamp
    /// This process among those that share the database; nil: it has it alone.
    let membership: Membership?

    private static let readLimit = Duration.seconds(20)

    /// As the database has it, with the polls and the progress that it will have within a minute.
    func status() async throws -> JSONValue {
        let own = await ownInfo()
        if membership?.view.trouble != nil, let trouble = announcer.storageTrouble {
            throw StatusReply.unreadable(trouble, daemon: own)
        }
        let unsaved = await pollLoop.unsaved
        let report: StatusReport
        do {
            // Not on the database's own queue: commits do not wait for readers.
            let (path, events) = (store.store.path, store.store)
            let reading = await BlockingWork.run(within: Self.readLimit) {
                Result {
                    // A file that was moved is not a damaged one, whatever it looks like to a reader.
                    try events.checkFile()
                    return try events.reader().statusReport()
                }
            }
            guard let reading else {
                throw StoreError.io(
                    path: path, detail: "it could not be read within \(DurationText.write(Self.readLimit))")
            }
            report = try reading.get()
        } catch {
            let trouble = StorageTrouble(since: clock.now().wall, error: "\(error)")
            throw StatusReply.unreadable(announcer.storageTrouble ?? trouble, daemon: own)
        }
        var current = report.updated(by: unsaved, at: clock.now().wall)
        guard let hosts = membership?.view.hosts else {
            return StatusReply.make(current, trouble: announcer.storageTrouble)
        }
        // What the database says of a daemon may be of another host's.
        current.daemon = own
        current = current.adding(leftOutBy: hosts)
        return HostsListing(hosts).adding(to: StatusReply.make(current, trouble: announcer.storageTrouble))
    }

    private func ownInfo() async -> DaemonInfo {
        DaemonInfo(
            isRunning: true, pid: getpid(), startedAt: startedAt,
            configLoadedAt: await reloader.configLoadedAt ?? startedAt)
    }

    /// The parent instances whose tasks cannot be listed: `{"pid", "failing": [{"instance", "account", "region", "error"}]}`.
    func failingInstances() async -> JSONValue {
        let failures = await pollLoop.overview.listFailures.sorted { $0.key < $1.key }
        return .object([
            "pid": .integer(Int64(getpid())),
            "failing": .array(
                failures.map { key, error in
                    .object([
                        "instance": .string(key.id), "account": .string(key.scope.account),
                        "region": .string(key.scope.region), "error": .string(error),
                    ])
                }),
        ])
    }

    func reload() async -> ReloadVerdict {
        await reloader.reload()
    }

    func configPath() async -> String? { reloader.configPath }

    func pollNow(_ cluster: String) async throws -> ClusterID? {
        let named = await reloader.settings.clusters.first { $0.name == cluster }
        let id = named?.id ?? ClusterID(cluster)
        return await pollLoop.pollNow(id) ? id : nil
    }

    func retryAlerts(_ order: AlertOrder) async throws(AlertOrderRefused) -> AlertAnswer {
        let answer = try await change(.retry, order)
        // Also at a suspended target: the operator says that it is worth a try.
        let targets = answer.targets.union(answer.unchanged.map(\.target) + [order.target].compactMap { $0 })
        if !targets.isEmpty { deliveryLoop.repair(targets, drains: false) }
        return answer
    }

    func probe(_ target: String) async -> Bool {
        guard await reloader.settings.targets.contains(where: { $0.name == target }) else { return false }
        deliveryLoop.repair([target], drains: true)
        return true
    }

    func dropAlerts(_ order: AlertOrder) async throws(AlertOrderRefused) -> AlertAnswer {
        try await change(.drop, order)
    }

    func addSilence(_ order: SilenceOrder) async throws(AlertOrderRefused) -> JSONValue {
        let targets = Set(await reloader.settings.targets.map(\.name))
        let now = clock.now().wall
        let checked: (matchers: SilenceMatchers, comment: String, author: String)
        do {
            checked = try order.checked(knownTargets: targets, at: now)
        } catch {
            throw .wrong(error.message)
        }
        return try await write { store in
            let silence = try store.addSilence(
                checked.matchers, until: order.until, comment: checked.comment, author: checked.author,
                drops: order.drops, at: now)
            return SilenceRow(silence, held: 0).json(at: now)
        }
    }

    func endSilence(_ id: Int64) async throws(AlertOrderRefused) -> JSONValue? {
        let now = clock.now().wall
        return try await write { try $0.endSilence(id, at: now)?.endedJSON(at: now) }
    }

    func acknowledge(
        _ names: [String], by author: String, comment: String?
    ) async throws(AlertOrderRefused) -> AckAnswer {
        let now = clock.now().wall
        return try await write { AckAnswer(try $0.acknowledge(names, by: author, comment: comment, at: now)) }
    }

    /// A change of who is notified when: what is held, and what is due, is looked at anew.
    private func write<Answer: Sendable>(
        _ body: @escaping @Sendable (EventStore) throws -> Answer
    ) async throws(AlertOrderRefused) -> Answer {
        do {
            let answer = try await store.perform(body)
            deliveryLoop.notifyingChanged()
            return answer
        } catch {
            throw AlertOrderRefused(error)
        }
    }

    /// One part after the other, so that polls and deliveries get at the database in between.
    private func change(_ action: AlertAction, _ order: AlertOrder) async throws(AlertOrderRefused) -> AlertAnswer {
        let targets = Set(await reloader.settings.targets.map(\.name))
        let now = clock.now().wall
        var answer = AlertAnswer()
        var place: AlertPlace?
        do {
            repeat {
                let (part, next) = try await store.perform { [place] store in
                    try store.change(action, order, knownTargets: targets, from: place, at: now)
                }
                if !part.targets.isEmpty { deliveryLoop.wake(part.targets) }
                answer.add(part)
                place = next
            } while place != nil
        } catch {
            throw AlertOrderRefused(error)
        }
        return answer
    }
}

extension AlertOrderRefused {
    /// - Parameter error: why the database did not do it.
    fileprivate init(_ error: any Error) {
        if case StoreError.unavailable = error {
            self = .unavailable("\(error)")
        } else {
            self = .failed("it could not be stored: \(error)")
        }
    }
}
