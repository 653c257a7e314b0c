import Alerts
import Model

extension Verdict {
    /// What a target did with a message. Not all of them use all events: a summary opens no incident.
    func words(at target: TargetSettings) -> String {
        guard outcome == .delivered, code == nil, target.kind != .systemd else { return words }
        return "nothing was sent: a target of type \(target.kind.rawValue) does not use this event"
    }

    /// `delivered (HTTP 200)`, or what was wrong and what to do.
    private var words: String {
        let code = code.map { " (\($0))" } ?? ""
        return outcome.word + code + (reason.map { ": \($0)" } ?? "")
    }
}

extension DeliveryOutcome {
    fileprivate var word: String {
        switch self {
        case .delivered: "delivered"
        case .accepted: "accepted: the service promised to handle it; it does not confirm delivery"
        case .throttled: "throttled"
        case .tryAgain: "not reachable"
        case .messageRefused: "message refused"
        case .targetBroken: "target broken"
        }
    }

    var exitStatus: ExitStatus {
        switch self {
        case .delivered, .accepted: .done
        case .messageRefused, .targetBroken: .failure
        case .throttled, .tryAgain: .unavailable
        }
    }
}
