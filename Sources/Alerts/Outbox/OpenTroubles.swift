package import Model

/// Which incidents of a subject a service that keeps them has open.
package enum OpenTroubles {
    /// - Parameter earlier: the subject's events before, newest first, and what the service was sent of them.
    /// - Returns: the kinds of events that opened what is still open.
    package static func after(_ earlier: [EarlierAlert]) -> Set<EventKind> {
        Incident.Trouble.openers.filter { earlier.leaveOpen($0) }
    }
}
