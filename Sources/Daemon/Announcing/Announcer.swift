package import Alerts
package import Model
package import Monitor
package import PolarDB
import Store
import Synchronization
package import Systemd

/// Reports to the host: the journal (or standard error), the service's STATUS line, and the figures for metrics.
///
/// One line a change, never one a poll.
package final class Announcer: Sendable {
    private let output: LogOutput
    private let notifier: SystemdNotifier
    private let status = Mutex(StatusLine())
    /// Names of targets of the type `systemd`: the outbox writes their events, so that none is written twice.
    private let journalTargets = Mutex<Set<String>>([])
    private let storage = Mutex<StorageTrouble?>(nil)
    /// What is counted of all this.
    package let figures: DaemonFigures
    /// For since when something is wrong.
    private let clock: Mutex<WallClock>
    private let debug = Atomic<Bool>(false)

    /// In a struct: a lock that holds a closure itself wraps it in another one each time it is read, without end.
    private struct WallClock {
        let now: @Sendable () -> Timestamp
    }

    /// - Parameter now: the wall clock.
    package init(
        output: LogOutput, notifier: SystemdNotifier, figures: DaemonFigures = DaemonFigures(),
        now: @escaping @Sendable () -> Timestamp = { SystemClock().now().wall }
    ) {
        self.output = output
        self.notifier = notifier
        self.figures = figures
        clock = Mutex(WallClock(now: now))
    }

    private func now() -> Timestamp { clock.withLock { $0 }.now() }

    /// From now on times are those of a database that several hosts share.
    func use(clock now: @escaping @Sendable () -> Timestamp) {
        clock.withLock { $0 = WallClock(now: now) }
    }

    package var statusText: String { status.withLock { $0.text } }

    package func useJournalTargets(_ names: Set<String>) {
        journalTargets.withLock { $0 = names }
    }

    /// Entries of a lower priority are not written from now on.
    package func useMinimum(_ priority: JournalPriority) {
        output.minimum = priority
        debug.store(priority == .debug, ordering: .relaxed)
    }

    /// Whether somebody asked for entries of the lowest priority: they need not be made otherwise.
    var writesDebug: Bool { debug.load(ordering: .relaxed) }

    // MARK: - Events

    /// Events that were just stored. Those for a target of the type `systemd` come from the outbox instead.
    package func report(_ stored: [StoredEvent], routed: [RoutedEvent], overview: WatchOverview) {
        figures.noteStored(stored)
        show(overview, with: stored.last { $0.event.kind.isStatusChange } ?? stored.last)
        write(stored, routed)
    }

    /// Events of targets: suspended, or working again.
    package func report(targetEvents stored: [StoredEvent], routed: [RoutedEvent]) {
        guard let last = stored.last else { return }
        figures.noteStored(stored)
        changeStatus { $0.lastEvent = Self.brief(last.event) }
        write(stored, routed)
    }

    /// Reminders, escalations and summaries: entries of the journal, and no change of STATUS.
    package func report(ruleEvents stored: [StoredEvent], routed: [RoutedEvent]) {
        figures.noteStored(stored)
        write(stored, routed)
    }

    /// The entries of events, but for those that the outbox writes.
    private func write(_ stored: [StoredEvent], _ routed: [RoutedEvent]) {
        let byOutbox = journalTargets.withLock { $0 }
        for (event, route) in zip(stored, routed) where byOutbox.isDisjoint(with: route.targets) {
            report(event)
        }
    }

    /// What came of attempts: the first failure of an alert, its delivery after failures, its death. The attempts in
    /// between are listed by `alerts show`.
    ///
    /// - Parameter now: on the clock that the alerts' times are on.
    package func report(attempts: [FinishedAttempt], settled: [Settlement], at now: Timestamp) {
        for attempt in attempts { figures.noteAttempt(attempt, at: now) }
        let states = Dictionary(settled.map { ($0.alert, $0) }) { _, last in last }
        for attempt in attempts {
            for alert in attempt.start.alerts {
                if let entry = AttemptJournalEntry.make(alert, attempt.record, settlement: states[alert.key]) {
                    output.write(entry)
                }
            }
        }
    }

    /// The event's journal entry.
    ///
    /// - Returns: false if the log could not take it.
    @discardableResult
    package func report(_ stored: StoredEvent) -> Bool {
        output.write(EventEntry.make(stored, sentence: Language.english.texts.sentenceAlone(of: stored.event)))
    }

    package func show(_ overview: WatchOverview, with event: StoredEvent? = nil) {
        changeStatus { status in
            status.overview = overview
            if let event { status.lastEvent = Self.brief(event.event) }
        }
    }

    /// How much of the work this host does, if several divide it; in a few words.
    func show(shares text: String) {
        changeStatus { $0.share = text }
    }

    package func report(_ notices: [Notice]) {
        for notice in notices { output.write(NoticeEntry.make(notice)) }
    }

    // MARK: - Trouble

    /// The database did not take a commit. The journal says so once, until `storageWorks`.
    package func storageFails(_ error: any Error) {
        // The work has gone to another host: nothing is wrong.
        if (error as? StoreError)?.isLostShare == true { return }
        let isReplaced = if case .replaced? = error as? StoreError { true } else { false }
        let isNew = changeTrouble(.storage, to: "\(Self.trouble(error)): \("\(error)".withoutFullStop)")
        if isNew {
            storage.withLock { $0 = StorageTrouble(since: now(), error: "\(error)", isReplaced: isReplaced) }
            output.write(JournalEntry(.storageDegraded, message: Self.message(of: error)))
        } else {
            storage.withLock {
                $0?.error = "\(error)"
                $0?.isReplaced = isReplaced
            }
        }
    }

    private static func trouble(_ error: any Error) -> String {
        switch error as? StoreError {
        case .unavailable: "the database cannot be reached"
        case .replaced: "the database file was moved or replaced"
        default: "the database cannot be written"
        }
    }

    /// What happened, why and what to do, and what it means until then.
    private static func message(of error: any Error) -> String {
        switch error as? StoreError {
        case .unavailable:
            "The database cannot be reached: \(error) Until it answers, nothing is sent, and polling stops within 15 "
                + "seconds."
        case .replaced:
            "The database file was moved or replaced: \(error)"
        default:
            "The database cannot be written: \(error) Until it can be written, tasks are polled less and less often; "
                + "what has changed is detected, stored and sent afterwards."
        }
    }

    package func storageWorks() {
        if changeTrouble(.storage, to: nil) {
            storage.withLock { $0 = nil }
            output.write(
                JournalEntry(
                    .storageRecovered, message: "The database works again; waiting alerts are being sent."))
        }
    }

    /// What the database does not take of single tasks (nil for an account) while the rest was stored.
    ///
    /// - Parameter events: what was to be stored.
    package func report(refused: [ClusterID?: String], of events: [Event]) {
        for (cluster, reason) in refused {
            let changes = events.filter { $0.cluster == cluster }.map(Self.brief)
            let what = changes.isEmpty ? cluster.map { "task \($0)" } ?? "an account" : changes.joined(separator: ", ")
            output.write(
                JournalEntry(
                    .storageDegraded,
                    message:
                        "A change was detected but could not be stored, so no alert was sent for it: \(what). Reason: "
                        + "\(reason.withoutFullStop). Check \(cluster?.rawValue ?? "the tasks of the account") in the PolarDB console. "
                        + "This is a bug in polarai-daemon; please report it."))
        }
    }

    /// What is wrong with the database, if anything is.
    package var storageTrouble: StorageTrouble? { storage.withLock { $0 } }

    package func configRefused(_ mistakes: [String]) {
        figures.noteConfigRefused()
        _ = changeTrouble(
            .config,
            to: "the new config was refused, the previous one stays in force: \(mistakes.first ?? "")"
                + (mistakes.count > 1 ? " (and \(mistakes.count - 1) more)" : ""))
        output.write(
            JournalEntry(
                .configRefused,
                message: "The new config was refused; the previous one stays in force: "
                    + mistakes.joined(separator: " | ")))
    }

    package func configTaken() {
        figures.noteConfig(takenAt: now())
        _ = changeTrouble(.config, to: nil)
    }

    /// The targets that are suspended now, for STATUS.
    package func show(suspended targets: [TargetRecord]) {
        let text = SuspendedTargets.text(targets)
        guard status.withLock({ $0.troubles[.target] }) != text else { return }
        _ = changeTrouble(.target, to: text)
    }

    /// What this host's config names and nobody does, because the config of another host does not name it; nil: nothing.
    func show(leftOut text: String?) {
        guard status.withLock({ $0.troubles[.leftOut] }) != text else { return }
        _ = changeTrouble(.leftOut, to: text)
    }

    /// The host's clock: the log has it once when it is found to be off, and once when it is right again. STATUS has the last
    /// amount.
    package func report(_ notice: ClockNotice) {
        switch notice {
        case .off(let words):
            if changeTrouble(.clock, to: words) {
                output.write(JournalEntry(.clockStep, message: words.prefix(1).uppercased() + words.dropFirst() + "."))
            }
        case .right:
            if changeTrouble(.clock, to: nil) {
                output.write(JournalEntry("This host's clock agrees with Alibaba Cloud's again.", priority: .info))
            }
        }
    }

    package func alertsWaiting(_ waiting: Int, dead: Int) {
        changeStatus { status in
            status.alertsWaiting = waiting
            status.alertsDead = dead
        }
    }

    package func write(_ entry: JournalEntry) {
        output.write(entry)
    }

    /// Waits a moment for the log to be written: for the end of the process.
    package func flush() {
        output.flush()
    }

    /// - Returns: whether it is news that there is trouble, or that there is none.
    private func changeTrouble(_ trouble: StatusLine.Trouble, to text: String?) -> Bool {
        var isNew = false
        changeStatus { status in
            isNew = (status.troubles[trouble] == nil) != (text == nil)
            status.troubles[trouble] = text
        }
        return isNew
    }

    private func changeStatus(_ change: (inout StatusLine) -> Void) {
        let text = status.withLock { status in
            change(&status)
            return status.text
        }
        notifier.status(text)
    }

    /// `nightly (pm-…) ACTIVATION → FAILED at 08:00:00Z`.
    private static func brief(_ event: Event) -> String {
        let text = event.observedAt.rfc3339
        // The line may stand for days.
        let time = "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))"
        let subject =
            event.cluster.map { id in event.name.map { "\($0) (\(id))" } ?? id.rawValue }
            ?? event.target.map { "target \($0)" } ?? "account \(event.account ?? "") in \(event.region ?? "")"
        guard event.kind.isStatusChange, let to = event.to else {
            return "\(subject) \(event.kind.rawValue) at \(time)Z"
        }
        let change = event.from.map { "\($0) → \(to)" } ?? to.rawValue
        return "\(subject) \(change) at \(time)Z"
    }
}
