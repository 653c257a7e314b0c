extension EventKind {
    /// The events whose trouble this one ends: what `endedBy` says, asked from the other side.
    package var closes: Set<EventKind> {
        Set(Self.allCases.filter { $0 != self && $0.endedBy.contains(self) })
    }
}
