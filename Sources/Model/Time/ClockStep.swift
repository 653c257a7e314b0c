/// Where the wall clock did not go on evenly: it was stepped, or nobody was there to look at it for a while.
package struct ClockStep: Hashable, Sendable {
    /// What it showed last, or would have shown now.
    package let expected: Timestamp
    /// What it shows.
    package let shown: Timestamp

    package init(expected: Timestamp, shown: Timestamp) {
        self.expected = expected
        self.shown = shown
    }
}
