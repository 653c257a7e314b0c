import Model
import Testing

@testable import Notifying

/// Reminders, escalations and summaries: when they are due.
struct RuleTests {
    private let noon = Timestamp(milliseconds: 1_795_521_600_000)  // 2026-11-24T12:00:00Z, a Tuesday

    private func rules(_ notifier: Notifier, since: Timestamp) -> [RuleRecord] {
        notifier.reminderRules.map { RuleRecord(kind: .reminder, key: $0, since: since) }
            + notifier.escalationTargets.map { RuleRecord(kind: .escalation, key: $0, since: since) }
            + notifier.summaryRules.map { RuleRecord(kind: .summary, key: $0, since: since) }
    }

    private func failure(
        _ seq: Int64 = 7, at time: Timestamp, acknowledged: Bool = false, escalatedTo: Set<String> = []
    )
        -> OpenEvent
    {
        NotifyingSample.open(
            NotifyingSample.event(.failed, at: time), seq: seq, acknowledged: acknowledged, escalatedTo: escalatedTo)
    }

    // MARK: - Reminders

    @Test func `the first reminder comes after the oldest open event, the next ones after the last`() throws {
        let notifier = NotifyingSample.notifier(RouteSettings(targets: ["chat", "pager"], remind: .seconds(14_400)))
        var rules = rules(notifier, since: noon)
        let open = [failure(8, at: noon.after(.seconds(600))), failure(7, at: noon)]
        func due(at seconds: Int64) -> Due<DueReminder> {
            notifier.reminders(open, rules: rules, silences: Silences(), at: noon.after(.seconds(seconds)))
        }
        #expect(due(at: 14_399).items.isEmpty)
        #expect(due(at: 14_399).next == noon.after(.seconds(14_400)))
        let first = try #require(due(at: 14_400).items.first)
        #expect(first.open.map(\.event.seq) == [8, 7])
        #expect(first.alerts == [AlertDecision(target: "chat")])
        rules = [first.rule]
        #expect(due(at: 14_401).items.isEmpty)
        #expect(due(at: 28_799).items.isEmpty)
        #expect(due(at: 28_800).items.count == 1)
        // For at most seven days each.
        let week: Int64 = 7 * 86_400
        #expect(due(at: week + 599).items.first?.open.map(\.event.seq) == [8])
        #expect(due(at: week + 600).items.isEmpty)
    }

    @Test(arguments: [true, false])
    func `what a first answer may not fire is neither in reminders nor escalated`(mayFire: Bool) {
        let notifier = Notifier(
            [
                RouteSettings(
                    events: [.failed], targets: ["chat"], remind: .seconds(60),
                    escalate: EscalationSettings(after: .seconds(60), targets: ["pager"]))
            ], targets: NotifyingSample.targets, firstSeenEvents: mayFire ? [.failed] : [.completed])
        let open = [NotifyingSample.open(NotifyingSample.event(.failed, sighting: .firstSeen, at: noon))]
        let (rules, now) = (rules(notifier, since: noon), noon.after(.seconds(3600)))
        let reminders = notifier.reminders(open, rules: rules, silences: Silences(), at: now)
        let escalations = notifier.escalations(open, rules: rules, silences: Silences(), at: now)
        #expect(reminders.items.count == (mayFire ? 1 : 0))
        #expect(escalations.items.count == (mayFire ? 1 : 0))
    }

    @Test func `nobody is reminded of what is acknowledged, or of what the route does not carry`() {
        let notifier = NotifyingSample.notifier(RouteSettings(events: [.failed], remind: .seconds(60)))
        let now = noon.after(.seconds(3600))
        for open in [
            failure(at: noon, acknowledged: true), NotifyingSample.open(NotifyingSample.event(.stalled, at: noon)),
        ] {
            let due = notifier.reminders([open], rules: rules(notifier, since: noon), silences: Silences(), at: now)
            #expect(due == Due())
        }
    }

    @Test func `a reminder that a hold keeps back is due at its end`() throws {
        let notifier = NotifyingSample.notifier(
            RouteSettings(
                targets: ["chat"], hours: try NotifyingSample.hours("09:00", "18:00"), remind: .seconds(14_400)))
        let evening = try NotifyingSample.time("2026-11-24T17:00:00Z")
        let opening = try NotifyingSample.time("2026-11-25T09:00:00Z")
        let rules = rules(notifier, since: noon)
        let night = notifier.reminders(
            [failure(at: evening)], rules: rules, silences: Silences(), at: evening.after(.seconds(14_400)))
        #expect(night.items.isEmpty)
        #expect(night.next == opening)
        #expect(
            notifier.reminders([failure(at: evening)], rules: rules, silences: Silences(), at: opening).items.count == 1
        )
    }

    @Test func `the journal gets a reminder when people do, and alone if there are no others`() throws {
        let hours = try NotifyingSample.hours("09:00", "18:00")
        let all = NotifyingSample.notifier(RouteSettings(hours: hours, remind: .seconds(3600)))
        let evening = try NotifyingSample.time("2026-11-24T17:30:00Z")
        let night = all.reminders(
            [failure(at: evening)], rules: rules(all, since: noon), silences: Silences(),
            at: evening.after(.seconds(3600)))
        #expect(night.items.isEmpty)
        let opening = try NotifyingSample.time("2026-11-25T09:00:00Z")
        let morning = all.reminders(
            [failure(at: evening)], rules: rules(all, since: noon), silences: Silences(), at: opening)
        #expect(morning.items.first?.alerts.map(\.target) == ["chat", "hook", "journal"])
        let journal = NotifyingSample.notifier(
            RouteSettings(targets: ["journal"], hours: hours, remind: .seconds(3600)))
        let alone = journal.reminders(
            [failure(at: evening)], rules: rules(journal, since: noon), silences: Silences(),
            at: evening.after(.seconds(3600)))
        #expect(alone.items.first?.alerts.map(\.target) == ["journal"])
    }

    @Test func `what is silenced is not listed while the silence lasts`() {
        let notifier = NotifyingSample.notifier(RouteSettings(targets: ["chat"], remind: .seconds(60)))
        let end = noon.after(.seconds(7200))
        let silences = Silences([
            NotifyingSample.silence(1, SilenceMatchers(clusters: ["nightly"]), from: noon, to: end)
        ])
        let rules = rules(notifier, since: noon)
        let held = notifier.reminders(
            [failure(at: noon)], rules: rules, silences: silences, at: noon.after(.seconds(3600)))
        #expect(held.items.isEmpty)
        #expect(held.next == end)
        #expect(notifier.reminders([failure(at: noon)], rules: rules, silences: silences, at: end).items.count == 1)
    }

    // MARK: - Escalation

    private func escalating(_ after: Int64 = 1800, hours: WeeklyHours? = nil) -> Notifier {
        NotifyingSample.notifier(
            RouteSettings(
                targets: ["chat"], hours: hours,
                escalate: EscalationSettings(after: .seconds(after), targets: ["pager"])))
    }

    @Test func `an event that nobody acknowledged is escalated once, hours or no hours`() throws {
        let notifier = escalating(hours: try NotifyingSample.hours("13:00", "14:00"))
        let rules = rules(notifier, since: noon)
        func due(_ open: OpenEvent, at seconds: Int64) -> Due<DueEscalation> {
            notifier.escalations([open], rules: rules, silences: Silences(), at: noon.after(.seconds(seconds)))
        }
        #expect(due(failure(at: noon), at: 1799).items.isEmpty)
        #expect(due(failure(at: noon), at: 1799).next == noon.after(.seconds(1800)))
        #expect(due(failure(at: noon), at: 1800).items.map(\.targets) == [["pager"]])
        #expect(due(failure(at: noon, escalatedTo: ["pager"]), at: 1800) == Due())
        #expect(due(failure(at: noon, acknowledged: true), at: 1800) == Due())
        // Late, as after a stop.
        #expect(due(failure(at: noon), at: 86_400).items.count == 1)
    }

    @Test func `a rule that is new pages nobody for what was due before`() {
        let notifier = escalating()
        let later = noon.after(.seconds(3600))
        #expect(
            notifier.escalations(
                [failure(at: noon)], rules: rules(notifier, since: later), silences: Silences(), at: later) == Due())
    }

    @Test func `it counts from the end of the silence that held the event, or the escalation`() {
        let notifier = escalating()
        let rules = rules(notifier, since: noon)
        let end = noon.after(.seconds(7200))
        let heldEvent = NotifyingSample.silence(
            1, SilenceMatchers(clusters: ["nightly"]), from: noon.after(.seconds(-60)), to: end)
        let heldEscalation = NotifyingSample.silence(
            2, SilenceMatchers(targets: ["pager"]), from: noon.after(.seconds(900)), to: end)
        for silence in [heldEvent, heldEscalation] {
            let silences = Silences([silence])
            let early = notifier.escalations(
                [failure(at: noon)], rules: rules, silences: silences, at: noon.after(.seconds(1800)))
            #expect(early.items.isEmpty)
            #expect(early.next == end.after(.seconds(1800)))
            let due = notifier.escalations(
                [failure(at: noon)], rules: rules, silences: silences, at: end.after(.seconds(1800)))
            #expect(due.items.count == 1)
        }
    }

    // MARK: - Summaries

    private func daily(_ text: String = "09:00", days: String? = nil, zone: TimeZoneRules = .utc) throws -> Notifier {
        let time = DailyTime(
            time: try #require(TimeOfDay(text)), days: try days.map { try #require(WeekDays($0)) } ?? .everyDay,
            zone: zone)
        return NotifyingSample.notifier(summaries: [SummarySettings(at: time, targets: ["hook", "pager"])])
    }

    /// Looks every few minutes, with stops and steps of the clock between.
    @Test func `a summary a day, late and once if its time was missed`() throws {
        let notifier = try daily()
        var rules = rules(notifier, since: noon)
        var sent: [Timestamp] = []
        func look(at now: Timestamp) {
            for due in notifier.dueSummaries(rules: rules, at: now).items {
                rules = [due.rule]
                if !due.alerts.isEmpty { sent.append(now) }
                #expect(due.since < now)
            }
        }
        look(at: noon)
        look(at: noon.after(.seconds(3600)))
        #expect(sent.isEmpty, "none for a time before the first start")
        let morning = noon.after(.seconds(21 * 3600))
        look(at: morning.after(.seconds(-1)))
        #expect(sent.isEmpty)
        look(at: morning)
        look(at: morning.after(.seconds(1)))
        #expect(sent == [morning])
        // Three days without a daemon.
        let late = morning.after(.seconds(3 * 86_400 + 7200))
        look(at: late)
        look(at: late.after(.seconds(60)))
        #expect(sent == [morning, late])
        // The clock is set back across the time, and comes by it again.
        look(at: late.after(.seconds(-3 * 3600)))
        look(at: late)
        #expect(sent == [morning, late])
        // It was a month ahead: nothing is sent for that, and the next one comes.
        look(at: late.after(.seconds(30 * 86_400)))
        #expect(sent.count == 3)
        look(at: late.after(.seconds(60)))
        look(at: late.after(.seconds(86_400)))
        #expect(sent.count == 4)
    }

    @Test func `the first summary covers a day, the next ones what the previous did not`() throws {
        let notifier = try daily()
        let morning = noon.after(.seconds(21 * 3600))
        let first = try #require(
            notifier.dueSummaries(rules: rules(notifier, since: noon), at: morning.after(.seconds(90))).items.first)
        #expect(first.since == morning.after(.seconds(90 - 86_400)))
        #expect(first.alerts.map(\.target) == ["hook", "pager"])
        let second = try #require(
            notifier.dueSummaries(rules: [first.rule], at: morning.after(.seconds(86_400))).items.first)
        #expect(second.since == morning.after(.seconds(90)))
    }

    @Test func `a weekly summary that is late covers more than its week`() throws {
        let notifier = try daily(days: "mon")
        let monday = noon.after(.seconds(5 * 86_400 + 21 * 3600))
        let first = try #require(notifier.dueSummaries(rules: rules(notifier, since: noon), at: monday).items.first)
        let late = monday.after(.seconds(8 * 86_400))
        let second = try #require(notifier.dueSummaries(rules: [first.rule], at: late).items.first)
        #expect(second.since == monday)
        // Not all history, if a wrong clock has noted a time.
        var rule = second.rule
        rule.lastAt = noon
        rule.coveredUntil = Timestamp(milliseconds: 0)
        let third = try #require(notifier.dueSummaries(rules: [rule], at: late).items.first)
        #expect(late.since(third.since) == .seconds(400 * 86_400))
    }
}
