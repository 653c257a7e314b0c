import Model
import Systemd

/// How an attempt to deliver ended, if that is news.
enum AttemptJournalEntry {
    /// - Returns: nil if there is nothing new to report: delivered at once, failed again.
    static func make(_ alert: PendingAlert, _ attempt: AttemptRecord, settlement: Settlement?) -> JournalEntry? {
        let fields: [(JournalFieldName, String?)] = [
            (.alertID, alert.event.id), (.target, alert.target), (.taskID, alert.event.event.cluster?.rawValue),
            (.errorCode, attempt.verdict.code),
        ]
        let name = "Alert \(alert.event.id) (\(subject(of: alert.event.event))) for target \(alert.target)"
        let reason = settlement?.note ?? attempt.verdict.reason ?? "no reason was given"
        switch settlement?.state {
        case .dead:
            return JournalEntry(
                .alertDead,
                message:
                    "\(name) is dead (no more attempts): \(reason.withoutFullStop). The target's answers: polarai-daemon alerts show "
                    + "\(alert.event.id). To send it after fixing the cause: polarai-daemon alerts retry "
                    + "\(alert.event.id) --target \(alert.target)",
                fields: fields)
        case .pending where alert.attempts == 0:
            let next = settlement?.nextAttemptAt.map { ", next attempt at \($0)" } ?? ""
            return JournalEntry(
                "\(name) was not delivered: \(reason)\(next).", priority: .warning, fields: fields)
        case .delivered where alert.attempts > 0, .accepted where alert.attempts > 0:
            return JournalEntry(
                "\(name) was delivered at attempt \(alert.attempts + 1).", priority: .info, fields: fields)
        default:
            return nil
        }
    }

    /// `failed: nightly`.
    private static func subject(of event: Event) -> String {
        let subject = event.name ?? event.cluster?.rawValue ?? event.target ?? event.account
        return event.kind.rawValue + (subject.map { ": \($0)" } ?? "")
    }
}
