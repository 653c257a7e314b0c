import Model

/// Writes down what one ended attempt makes of each of its alerts.
struct Settling {
    private let attempt: FinishedAttempt
    private let plan: TargetPlan
    private let now: Timestamp

    init(_ attempt: FinishedAttempt, plan: TargetPlan, now: Timestamp) {
        self.attempt = attempt
        self.plan = plan
        self.now = now
    }

    func delivered(as outcome: DeliveryOutcome) -> [Settlement] {
        guard attempt.start.isDigest else {
            return each { Settlement(alert: $0.key, state: outcome == .accepted ? .accepted : .delivered, attempt: $1) }
        }
        let id = attempt.start.message.id
        return each { Settlement(alert: $0.key, state: .digested, attempt: $1, note: "sent in digest \(id)") }
    }

    func waiting(until moment: Timestamp, asPlainText: Bool) -> [Settlement] {
        each {
            Settlement(alert: $0.key, state: .pending, nextAttemptAt: moment, asPlainText: asPlainText, attempt: $1)
        }
    }

    func dead(because note: String?) -> [Settlement] {
        each { Settlement(alert: $0.key, state: .dead, attempt: $1, note: note) }
    }

    /// The same again later: by the target's own list, not before `earliest`, and once more at the end of its time.
    func again(notBefore earliest: Timestamp, using random: inout some RandomNumberGenerator) -> [Settlement] {
        // One digest has one next time: that of its most tried member.
        let attempts = attempt.start.alerts.map(\.attempts).max() ?? 0
        let own = now.advanced(by: plan.wait(after: attempts).spread(using: &random))
        return each { alert, record in
            let deadline = alert.deadline(plan)
            guard now < deadline else {
                return Settlement(
                    alert: alert.key, state: .dead, attempt: record,
                    note: "not delivered within \(DurationText.write(plan.delivery.giveUpAfter))"
                        + (record.verdict.reason.map { " (\($0))" } ?? ""))
            }
            return Settlement(
                alert: alert.key, state: .pending, nextAttemptAt: max(earliest, min(own, deadline)),
                asPlainText: attempt.start.asPlainText, attempt: record)
        }
    }

    private func each(_ settlement: (PendingAlert, AttemptRecord) -> Settlement) -> [Settlement] {
        attempt.start.alerts.map { settlement($0, attempt.record) }
    }
}
