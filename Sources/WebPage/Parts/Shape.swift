import Model

/// The sign of a state: it differs in shape, so that colour is never all there is.
package enum Shape: String, Sendable {
    case failed
    case running
    case completed
    case stalled
    case waiting

    /// - Parameter status: the API's word; nil if it has not answered yet.
    package init(status: String?, isStalled: Bool = false) {
        let status = status.map { ClusterStatus($0) }
        if status?.isFailed == true {
            self = .failed
        } else if status?.isCompleted == true {
            self = .completed
        } else if status == nil || status?.isGone == true {
            self = .waiting
        } else {
            self = isStalled ? .stalled : .running
        }
    }

    init(event: String) {
        switch EventKind(rawValue: event) {
        case .failed, .gone, .targetFailing, .pollFailing: self = .failed
        case .completed, .pollRecovered, .targetRecovered, .stallEnded: self = .completed
        case .stalled, .overdue: self = .stalled
        case .started, .restarted: self = .running
        default: self = .waiting
        }
    }

    var svg: HTML {
        let drawing: HTML =
            switch self {
            case .failed: "<path d=\"M3 3l10 10M13 3L3 13\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"3\"/>"
            case .running: "<path d=\"M4 2l10 6-10 6z\" fill=\"currentColor\"/>"
            case .completed: "<path d=\"M2 8l4 5 8-10\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"3\"/>"
            case .stalled: "<path d=\"M4 2h3v12H4zM9 2h3v12H9z\" fill=\"currentColor\"/>"
            case .waiting:
                "<circle cx=\"8\" cy=\"8\" r=\"5\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/>"
            }
        return
            "<svg class=\"shape\" viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\">\(drawing)</svg>"
    }

    /// The sign with a word.
    func badge(_ word: String) -> HTML {
        "<span class=\"state \(rawValue)\">\(svg) \(bdi: word)</span>"
    }
}
