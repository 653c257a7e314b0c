package import Model

extension Verdict {
    /// The one that keeps what took several requests most from being delivered; of equal ones the first.
    ///
    /// - Returns: nil if there are none.
    package static func worst(of verdicts: [Verdict]) -> Verdict? {
        var worst: Verdict?
        for verdict in verdicts {
            if let known = worst, verdict.outcome.severity <= known.outcome.severity { continue }
            worst = verdict
        }
        return worst
    }
}

extension DeliveryOutcome {
    /// How much it keeps a message that needed several requests from being delivered.
    fileprivate var severity: Int {
        switch self {
        case .delivered: 0
        case .accepted: 1
        case .tryAgain: 2
        case .throttled: 3
        case .messageRefused: 4
        case .targetBroken: 5
        }
    }
}
