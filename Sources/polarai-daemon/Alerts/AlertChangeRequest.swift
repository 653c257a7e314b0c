import Daemon
import HTTPTransport
import Model
import Reports
import Store

/// A retry or a drop: by the running daemon, which alone knows what is under way; without one, in the database.
struct AlertChangeRequest {
    let order: AlertOrder
    let action: AlertAction
    let database: DatabaseOption

    func run() async throws {
        let change = OperatorChange(database: database)
        let answer = try await change.run {
            try await askDaemon($0)
        } write: { store, now in
            try write(to: store, knownTargets: change.knownTargets, at: now)
        }
        try print(answer)
        if let target = answer.unknownTarget {
            throw CommandFailure(
                "There is no target \(target): it is not in the config, and no stored alert is for it.", .failure)
        }
        guard answer.unknown.isEmpty else {
            let whom = order.target.map { " for the target \($0)" } ?? ""
            throw CommandFailure(
                "There is no alert \(answer.unknown.joined(separator: ", "))\(whom). To list them: polarai-daemon alerts list --all",
                .failure)
        }
    }

    private func print(_ answer: AlertAnswer) throws {
        let lines = answer.changed.map { "\($0.id) for \($0.target) \(outcome(of: $0)).\n" }
        try StandardOutput.show(lines.joined())
        if answer.changedCount > answer.changed.count {
            let rest = answer.changedCount - answer.changed.count
            try StandardOutput.show("And \(rest) more: \(answer.changedCount) alerts were changed in all.\n")
        }
        if action == .retry { reportPauses(of: answer.targets) }
        for alert in answer.unchanged {
            StandardError.write("\(alert.id) for \(alert.target) was left as it is: \(reason(for: alert)).")
        }
        if answer.changedCount == 0, answer.unchangedCount == 0, answer.unknown.isEmpty, answer.unknownTarget == nil {
            StandardError.write("No pending or dead alerts were found.")
        }
    }

    /// A receiver that asked for a pause gets it, whatever is due.
    private func reportPauses(of targets: Set<String>) {
        let now = TimeArgument.now
        guard let pauses = try? HistoryReader(at: database.address()).pauses(after: now) else { return }
        for pause in pauses where targets.contains(pause.target) {
            StandardError.write(
                "The target \(pause.target) asked for a pause: nothing is sent to it before "
                    + "\(TimeStyle(isUTC: false).text(pause.until)).")
        }
    }

    private func outcome(of alert: AlertName) -> String {
        switch (action, alert.was) {
        case (.drop, _): "is suppressed: it is not sent"
        case (.retry, .pending): "was pending and is due now"
        case (.retry, .held): "was held and is sent now"
        case (.retry, .dead): "was dead and is tried again"
        case (.retry, .delivered), (.retry, .accepted): "was delivered and is sent again"
        case (.retry, .suppressed): "was suppressed and is sent now"
        case (.retry, .digested): "was delivered in a digest and is sent by itself now"
        case (.retry, nil): "is tried again"
        }
    }

    private func reason(for alert: AlertName) -> String {
        switch (action, alert.was) {
        case (.retry, .delivered): "it has been delivered; --again sends it once more"
        case (.retry, .accepted): "the receiver has accepted it; --again sends it once more"
        case (.retry, .digested): "it has been delivered in a digest; --again sends it by itself"
        case (.drop, .delivered), (.drop, .accepted): "it has been delivered already"
        case (.drop, .suppressed): "it is suppressed already"
        case (.drop, .digested): "it has been delivered in a digest already"
        default: "its state does not allow it (see `polarai-daemon alerts show`)"
        }
    }

    private func write(to store: EventStore, knownTargets: Set<String>?, at now: Timestamp) throws -> AlertAnswer {
        let answer = try store.changeAll(action, order, knownTargets: knownTargets, at: now)
        if action == .retry {
            // A daemon that starts then tries a suspended target at once.
            let targets = answer.targets.union([order.target].compactMap(\.self))
            try store.makeProbesDue(of: targets, at: now)
        }
        return answer
    }

    private func askDaemon(_ daemon: DaemonOfDatabase) async throws -> AlertAnswer {
        var body: [String: JSONValue] = [:]
        if let ids = order.ids { body["ids"] = .strings(ids) }
        if let target = order.target { body["target"] = .string(target) }
        if let since = order.since { body["since"] = .string(since.rfc3339) }
        if order.again { body["again"] = .bool(true) }
        let path = "/v1/alerts/\(action.rawValue)"
        let reply = try await ControlClient.change(.post, path, .object(body), by: daemon) { AlertAnswer($0) != nil }
        guard let answer = AlertAnswer(reply) else { throw CommandFailure.notUnderstood }
        return answer
    }
}
