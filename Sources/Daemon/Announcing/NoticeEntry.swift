import Model
import Monitor
import Systemd

/// The monitor's notices in an operator's words.
enum NoticeEntry {
    static func make(_ notice: Notice) -> JournalEntry {
        switch notice {
        case .failing(let cluster, let name, let failure):
            let fields: [(JournalFieldName, String?)] = [
                (.taskID, cluster.rawValue), (.name, name), (.errorCode, failure.code ?? failure.reason.rawValue),
                (.requestID, failure.requestID),
            ]
            let message = "No good answer for \(label(cluster, name)): \(failure.message)"
            if failure.reason == .credentials || failure.reason == .permission {
                return JournalEntry(.credentialsRefused, message: message, fields: fields)
            }
            return JournalEntry(message, priority: .warning, fields: fields)
        case .answering(let cluster, let name, let failures):
            return JournalEntry(
                "Good answers for \(label(cluster, name)) again, after \(failures) failed \(failures == 1 ? "poll" : "polls").",
                priority: .info, fields: [(.taskID, cluster.rawValue), (.name, name)])
        case .unknownStatus(let cluster, let name, let status):
            return JournalEntry(
                "\(label(cluster, name)) has the status \(status), which this version does not know; it is kept as it is "
                    + "and counts as running. A newer version may know it.",
                priority: .warning, fields: [(.taskID, cluster.rawValue), (.name, name), (.statusNew, status.rawValue)])
        case .slowedDown(let scope, let rate, let reason):
            let why = reason == .throttled ? "the API throttles it" : "half of its calls fail (\(reason.rawValue))"
            return JournalEntry(
                .throttled,
                message: "Polling of account \(scope.account) in \(scope.region) slows down to \(rounded(rate)) calls/s "
                    + "because \(why); it speeds up again by itself. If this is frequent, lower calls_per_second or raise "
                    + "the quota in the Quota Center.",
                fields: [(.account, scope.account), (.region, scope.region)])
        }
    }

    private static func label(_ cluster: ClusterID, _ name: String?) -> String {
        name.map { "\($0) (\(cluster))" } ?? cluster.rawValue
    }

    private static func rounded(_ rate: Double) -> Double {
        (rate * 100).rounded() / 100
    }
}
