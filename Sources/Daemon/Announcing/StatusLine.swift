import Model
package import Monitor

/// The one line that `systemctl status` shows: how many tasks are watched and in which status, the last change, the
/// alerts that wait, and what is wrong, if anything is.
package struct StatusLine: Sendable {
    package var overview = WatchOverview()
    /// The last event in a few words.
    package var lastEvent: String?
    /// How much of the work this host does, if several divide it; nil: it does all.
    var share: String?
    package var alertsWaiting = 0
    package var alertsDead = 0
    /// Sentences by what they are about, so that each can be taken back.
    package var troubles: [Trouble: String] = [:]

    /// What a sentence is about, in the order in which they stand.
    package enum Trouble: Int, Hashable, Comparable, Sendable {
        case config, storage, leftOut, target, clock

        package static func < (left: Trouble, right: Trouble) -> Bool { left.rawValue < right.rawValue }
    }

    /// The API may have any number of statuses, and the line has 512 bytes.
    private static let mostStatuses = 4

    package init() {}

    package var text: String {
        let isIdle = share != nil && overview.watched == 0 && overview.instances == 0
        var parts = [troubles[.storage], isIdle ? nil : watching, share].compactMap { $0 }
        if let lastEvent { parts.append("last: \(lastEvent)") }
        if alertsWaiting > 0 { parts.append("\(alertsWaiting) \(alertsWaiting == 1 ? "alert" : "alerts") waiting") }
        if alertsDead > 0 {
            parts.append("\(alertsDead) dead \(alertsDead == 1 ? "alert" : "alerts") (see: polarai-daemon alerts list)")
        }
        for scope in overview.failingScopes {
            parts.append("no valid API answer for account \(scope.account) in \(scope.region)")
        }
        if overview.failingScopes.isEmpty, overview.failing > 0 {
            parts.append(
                "polling fails for \(overview.failing) \(overview.failing == 1 ? "task" : "tasks") "
                    + "(see: polarai-daemon status)")
        }
        for instance in overview.failingInstances.prefix(3) { parts.append("cannot list the tasks of \(instance)") }
        let more = overview.failingInstances.count - 3
        if more > 0 { parts.append("cannot list the tasks of \(more) more \(more == 1 ? "instance" : "instances")") }
        if overview.leftOut > 0 {
            parts.append(
                "\(overview.leftOut) discovered \(overview.leftOut == 1 ? "task is" : "tasks are") not watched (over "
                    + "the limit): add the important ones to `clusters`")
        }
        parts += troubles.filter { $0.key != .storage }.sorted { $0.key < $1.key }.map(\.value)
        return parts.joined(separator: "; ")
    }

    private var watching: String {
        guard overview.watched > 0 || overview.instances == 0 else {
            return "no tasks found in \(overview.instances) \(overview.instances == 1 ? "instance" : "instances") yet"
        }
        guard overview.watched > 0 else {
            return "no tasks configured: add `clusters` or `instances` to the config and reload"
        }
        let counts = overview.byStatus.compactMap { status, count in status.map { (word: $0.rawValue, count: count) } }
            .sorted { $0.word < $1.word }
        let shown = counts.count > Self.mostStatuses + 1 ? Self.mostStatuses : counts.count
        var list = counts.prefix(shown).map { "\($0.count) \($0.word)" }
        let others = counts.dropFirst(shown)
        if !others.isEmpty { list.append("\(others.reduce(0) { $0 + $1.count }) in \(others.count) other statuses") }
        if let unanswered = overview.byStatus[nil] { list.append("\(unanswered) without an API answer so far") }
        return "watching \(overview.watched): \(list.joined(separator: ", "))"
    }
}
