package import Model

/// Which incidents of a task a service that keeps them has open.
package enum OpenTroubles {
    private static let kinds: [EventKind] = [.failed, .stalled, .gone, .overdue]

    /// - Parameter earlier: the task's events before, newest first, and whether the service was sent each of them.
    /// - Returns: the kinds of events that opened what is still open.
    package static func after(_ earlier: [(kind: EventKind, hasArrived: Bool)]) -> Set<EventKind> {
        Set(
            kinds.filter { kind in
                earlier.first { $0.hasArrived && ($0.kind == kind || $0.kind.closes.contains(kind)) }?.kind == kind
            })
    }
}
