package import Model

/// The database's time, which is the time of the whole installation, as a host knows it between two answers.
///
/// Hosts' own clocks may be wrong by hours, and are not asked. Each answer of the database shows its clock at some moment
/// between sending and receiving; the quickest of the last ones says it best.
package struct DatabaseClock: Hashable, Sendable {
    private struct Sample: Hashable, Sendable {
        /// The database's time, in milliseconds, at `monotonic`.
        let wall: Int64
        let monotonic: MonotonicInstant
        let uncertainty: Duration
    }

    private var samples: [Sample] = []
    private static let most = 10
    /// More than two quick samples may differ by: the database's clock was set.
    private static let step = Duration.seconds(1)

    package init() {}

    /// - Parameters:
    ///   - wall: the database's clock, read between the two moments.
    package mutating func measured(_ wall: Timestamp, sent: MonotonicInstant, received: MonotonicInstant) {
        let roundTrip = max(.zero, received.since(sent))
        let sample = Sample(
            wall: wall.milliseconds, monotonic: sent.advanced(by: roundTrip / 2), uncertainty: roundTrip / 2)
        if let known = best, Self.distance(known, sample) > known.uncertainty + sample.uncertainty + Self.step {
            samples.removeAll()
        }
        samples.append(sample)
        if samples.count > Self.most { samples.removeFirst() }
    }

    /// Nil until the database has answered once.
    package func wall(at now: MonotonicInstant) -> Timestamp? {
        best.map { Timestamp(milliseconds: Self.wall(of: $0, at: now)) }
    }

    private var best: Sample? { samples.min { $0.uncertainty < $1.uncertainty } }

    private static func wall(of sample: Sample, at now: MonotonicInstant) -> Int64 {
        let elapsed = now.since(sample.monotonic).wholeNanoseconds / 1_000_000
        let (sum, overflows) = sample.wall.addingReportingOverflow(elapsed)
        return overflows ? sample.wall : sum
    }

    private static func distance(_ known: Sample, _ new: Sample) -> Duration {
        let (difference, overflows) = wall(of: known, at: new.monotonic).subtractingReportingOverflow(new.wall)
        return overflows ? .longest : .milliseconds(difference == .min ? .max : abs(difference))
    }
}
