import Model
import Monitor
import Systemd

/// The monitor's notices in an operator's words.
enum NoticeEntry {
    static func make(_ notice: Notice) -> JournalEntry {
        switch notice {
        case .failing(let cluster, let name, let failure):
            return entry(
                of: failure, "Polling \(label(cluster, name)) is failing: \(failure.message)",
                about: [(.taskID, cluster.rawValue), (.name, name)])
        case .answering(let cluster, let name, let failures):
            return JournalEntry(
                "Polling \(label(cluster, name)) works again after \(failures) failed \(failures == 1 ? "poll" : "polls").",
                priority: .info, fields: [(.taskID, cluster.rawValue), (.name, name)])
        case .unknownStatus(let cluster, let name, let status):
            return JournalEntry(
                "\(label(cluster, name)) has the status \(status), which this version does not know. The status is stored, "
                    + "and the task is treated as running. Check whether a newer version of polarai-daemon knows it.",
                priority: .warning, fields: [(.taskID, cluster.rawValue), (.name, name), (.statusNew, status.rawValue)])
        case .unreadableTime(let cluster, let name, let time):
            return JournalEntry(
                "\(label(cluster, name)): the API's \(time.field) is not a valid time (\"\(time.text)\"). The task is still "
                    + "watched; what depends on this time, such as the duration in messages, is unknown.",
                priority: .warning, fields: [(.taskID, cluster.rawValue), (.name, name)])
        case .failureWithoutLog(let cluster, let name, let reason):
            return JournalEntry(
                "The failure of \(label(cluster, name)) is reported without the last lines of its log: \(reason.withoutFullStop). See its log in "
                    + "the PolarDB console.",
                priority: .notice, fields: [(.taskID, cluster.rawValue), (.name, name)])
        case .found(let instance, let tasks, let watched):
            let shown = tasks.prefix(5).map(\.rawValue).joined(separator: ", ")
            return JournalEntry(
                "Found \(tasks.count) \(tasks.count == 1 ? "task" : "tasks") of instance \(instance): \(shown)"
                    + (tasks.count > 5 ? ", …" : "") + "; watching \(watched) now.",
                priority: .info, fields: fields(instance))
        case .noTasks(let instance):
            return JournalEntry(
                "Instance \(instance) has no tasks in account \(instance.scope.account) in \(instance.scope.region). The "
                    + "API answers the same for an instance that does not exist: if it should have tasks, check its id, "
                    + "region and account in the config.",
                priority: .notice, fields: fields(instance))
        case .listFailing(let instance, let failure):
            return entry(
                of: failure,
                "The tasks of instance \(instance) cannot be listed, so new ones are not found: \(failure.message)",
                about: fields(instance))
        case .listAnswering(let instance, let failures):
            return JournalEntry(
                "The tasks of instance \(instance) can be listed again after \(failures) failed "
                    + "\(failures == 1 ? "call" : "calls").",
                priority: .info, fields: fields(instance))
        case .tooManyTasks(let instance, let leftOut, let limit):
            return JournalEntry(
                "\(leftOut) \(leftOut == 1 ? "task" : "tasks") of instance \(instance) \(leftOut == 1 ? "is" : "are") not "
                    + "watched, because the limit is \(limit) discovered tasks. To choose which are watched, add the important ones "
                    + "to `clusters` in the config, or delete old tasks.",
                priority: .warning, fields: fields(instance))
        case .listIncomplete(let instance, let listed, let missing):
            return JournalEntry(
                "The API lists only \(listed) \(listed == 1 ? "task" : "tasks") of instance \(instance), and counts \(missing) "
                    + "more that it does not list; those are not watched. Look up their ids in the PolarDB console, and add "
                    + "the important ones to `clusters` in the config.",
                priority: .warning, fields: fields(instance))
        case .progressUnreadable(let scope, let failure):
            return JournalEntry(
                "The progress of trainings of account \(scope.account) in \(scope.region) cannot be read: "
                    + "\(failure.message.withoutFullStop). Progress and stall alerts are unavailable; completion and failure are still "
                    + "detected.",
                priority: .warning, fields: fields(scope) + fields(failure))
        case .slowedDown(let scope, let rate, let reason): return slowedDown(scope, to: rate, because: reason)
        }
    }

    /// The first of several failures; one of a key that is refused is an entry of its own kind.
    private static func entry(
        of failure: PollFailure, _ message: String, about subject: [(JournalFieldName, String?)]
    ) -> JournalEntry {
        let all = subject + fields(failure)
        return failure.reason == .credentials || failure.reason == .permission
            ? JournalEntry(.credentialsRefused, message: message, fields: all)
            : JournalEntry(message, priority: .warning, fields: all)
    }

    private static func slowedDown(
        _ scope: AccountRegion, to rate: Double, because reason: FailureReason
    ) -> JournalEntry {
        let (why, remedy) =
            reason == .throttled
            ? (
                "the API throttles it",
                "If this happens often, lower `calls_per_second` or raise the quota in the Quota Center."
            )
            : (
                "half of the calls fail (\(reason.rawValue))",
                "Run `polarai-daemon doctor` to see why they fail."
            )
        return JournalEntry(
            .throttled,
            message:
                "Polling of account \(scope.account) in \(scope.region) slows down to \(rounded(rate)) calls/s "
                + "because \(why); it speeds up again by itself. \(remedy)",
            fields: fields(scope))
    }

    private static func fields(_ failure: PollFailure) -> [(JournalFieldName, String?)] {
        [(.errorCode, failure.code ?? failure.reason.rawValue), (.requestID, failure.requestID)]
    }

    private static func fields(_ scope: AccountRegion) -> [(JournalFieldName, String?)] {
        [(.account, scope.account), (.region, scope.region)]
    }

    private static func fields(_ instance: InstanceKey) -> [(JournalFieldName, String?)] { fields(instance.scope) }

    private static func label(_ cluster: ClusterID, _ name: String?) -> String {
        name.map { "\($0) (\(cluster))" } ?? cluster.rawValue
    }

    private static func rounded(_ rate: Double) -> Double {
        (rate * 100).rounded() / 100
    }
}
