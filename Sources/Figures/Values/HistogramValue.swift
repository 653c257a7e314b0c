/// How many observations fell between which bounds, and their sum.
package struct HistogramValue: Hashable, Sendable {
    /// Upper bounds, ascending and finite; beyond the last one there is +Inf.
    package let bounds: [Double]
    /// How many fell between a bound and the one before it; one more than there are bounds. Not cumulative.
    package private(set) var counts: [UInt64]
    package private(set) var sum: Double

    package init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
        sum = 0
    }

    /// - Returns: nil if the parts do not fit together.
    init?(bounds: [Double], counts: [UInt64], sum: Double) {
        guard counts.count == bounds.count + 1, bounds.allSatisfy(\.isFinite), sum.isFinite,
            zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 })
        else { return nil }
        self.bounds = bounds
        self.counts = counts
        self.sum = sum
    }

    package var count: UInt64 { counts.reduce(0) { $0 &+ $1 } }

    /// What is negative or not a finite number counts as 0: a time that was measured on two clocks may be.
    package mutating func observe(_ value: Double) {
        let value = value.isFinite ? max(0, value) : 0
        let place = bounds.firstIndex { value <= $0 } ?? bounds.count
        counts[place] &+= 1
        sum += value
    }
}
