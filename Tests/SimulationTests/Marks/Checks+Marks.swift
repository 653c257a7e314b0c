import Model
import Monitor

/// Moments that can be read off what a run left.
extension Checks {
    func marks() -> Marks {
        var marks = Marks()
        markTasks(&marks)
        markSilences(&marks)
        markDelivery(&marks)
        markHolds(&marks)
        markRules(&marks)
        markRestore(&marks)
        return marks
    }

    private func markTasks(_ marks: inout Marks) {
        for task in scenario.tasks {
            let ends = task.phases.filter { $0.status?.isSettled == true && $0.facts.completedAt != nil }
            for end in ends {
                let faults = scenario.apiFaults.filter { $0.concerns(task.cluster) && $0.span.contains(end.start) }
                marks.note(.throttledWhileTaskEnds, times: faults.count { $0.kind == .throttled || $0.kind == .scarce })
                marks.note(.outageWhileTaskEnds, times: faults.count(where: \.isTotal))
            }
            let changes = record.changes(of: task.cluster.id)
            marks.note(.runBetweenTwoPolls, times: changes.count { $0.sighting == .inferred })
            marks.note(.changeSeenLate, times: changes.count { $0.sighting == .late })
            marks.note(.goneAndBack, times: changes.count { $0.from?.isGone == true })
            if scenario.tasks(in: task.cluster.scope).count == 1 {
                marks.note(.goneAlone, times: changes.count { $0.kind == .gone })
            }
        }
        marks.note(.failureWithoutLog, times: record.events.count { $0.kind == .failed && $0.logLines.isEmpty })
        marks.note(.overdue, times: record.events.count { $0.kind == .overdue })
    }

    private func markSilences(_ marks: inout Marks) {
        let failing = record.events.filter { $0.kind == .pollFailing }
        marks.note(.accountFailing, times: failing.count { $0.cluster == nil })
        marks.note(.taskFailing, times: failing.count { $0.cluster != nil })
        marks.note(.restartWhileFailing, times: restarts(from: failing) { $0.line })
    }

    /// How many troubles last over a start of the daemon.
    private func restarts(from begins: [Record.Event], subject: (Record.Event) -> String) -> Int {
        begins.count { begin in
            let end = record.events[Int(begin.seq)...].first {
                begin.kind.endedBy.contains($0.kind) && subject($0) == subject(begin)
            }
            return chronicle.lives.contains { $0.start > begin.at && $0.start < end?.at ?? .max }
        }
    }

    private func markDelivery(_ marks: inout Marks) {
        let suspended = record.events.filter { $0.kind == .targetFailing }
        marks.note(.targetSuspended, times: suspended.count)
        marks.note(.targetBack, times: record.events.count { $0.kind == .targetRecovered })
        marks.note(.restartWhileSuspended, times: restarts(from: suspended) { $0.target ?? "" })
        let dead = record.alerts.filter { $0.state == "dead" }
        marks.note(.givenUp, times: dead.count { $0.lastError?.hasPrefix("not delivered within") == true })
        marks.note(.refused, times: dead.count { $0.lastError?.hasPrefix("not delivered within") == false })
        let times = Dictionary(grouping: taken) { "\($0.target) \($0.id) \($0.seq)" }.filter { $0.value.count > 1 }
        marks.note(.messageTwice, times: times.count { !$0.key.contains("..") })
        marks.note(.digestTwice, times: times.count { $0.key.contains("..") })
    }

    private func markHolds(_ marks: inout Marks) {
        let change = Period.current.change.map { Timestamp(milliseconds: $0.at) }
        for alert in record.alerts where alert.wasHeld {
            let isClosed = hours(of: alert).map { !$0.isOpen(at: alert.storedAt) } ?? false
            let silence = silence(of: alert, at: alert.storedAt)
            if isClosed { marks.note(.heldByHours) }
            if silence != nil { marks.note(.heldBySilence) }
            if !isClosed, silence == nil { marks.note(.heldBehindHeld) }
            if alert.wasReleased {
                if self.silence(of: alert, at: alert.dueAt) != nil { marks.note(.sentAheadOfBadNews) }
                if let change, alert.storedAt < change, alert.dueAt >= change { marks.note(.holdOverChangeOfClocks) }
                if !chronicle.lives.contains(where: { alert.dueAt.sinceBegin > $0.start + .minute }) {
                    marks.note(.holdEndsWhileDown)
                } else if chronicle.lives.contains(where: { abs($0.start - alert.dueAt.sinceBegin) < 2 * .second }) {
                    marks.note(.holdEndsWhileDown)
                }
            }
            let reason = alert.lastError ?? ""
            if reason.hasPrefix("not sent: the problem was already over") { marks.note(.overBeforeHoldEnds) }
            if reason.hasPrefix("not sent: this alert reports the end of") { marks.note(.endOfWhatWasNeverSent) }
        }
    }

    private func markRules(_ marks: inout Marks) {
        for alert in record.alerts where alert.target == "steady" {
            let kind = record.events[Int(alert.seq) - 1].kind
            if kind == .escalated, scenario.hours?.isOpen(at: alert.storedAt) == false {
                marks.note(.escalationOutOfHours)
            }
            if kind == .summary {
                if chronicle.lives.contains(where: { abs($0.start - alert.createdAt) < 2 * .second }) {
                    marks.note(.summaryWhileDown)
                }
                if let change = Period.current.change, abs(change.at - alert.storedAt.milliseconds) < 2 * .hour {
                    marks.note(.summaryAtChangeOfClocks)
                }
            }
        }
        for alert in record.alerts where record.events[Int(alert.seq) - 1].kind == .reminder {
            if let hours = scenario.flakyHours, alert.target == "flaky",
                !hours.isOpen(at: alert.storedAt.advanced(by: .seconds(-60)))
            {
                marks.note(.reminderRightAfterHours)
            }
        }
        let reminders = Dictionary(grouping: record.reminded, by: \.by)
        marks.note(.reminderOfSeveral, times: reminders.count { $0.value.count > 1 })
        let reminded = Set(record.reminded.map(\.of))
        marks.note(.acknowledgedAfterReminder, times: record.acknowledged.count { reminded.contains($0.key) })
    }
}
