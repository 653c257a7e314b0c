package import Model

/// The time that the outbox goes by: the wall clock of the start of this process, carried on by the monotonic clock.
///
/// The wall clock can step by hours or days at any moment. Waits and ages are counted in steady time, which cannot, and
/// are turned into wall time for the database and for people. So a step neither ends a wait nor makes one longer, and
/// no alert grows old by it.
package struct SteadyClock: Sendable {
    /// A step of the wall clock.
    package struct Step: Hashable, Sendable {
        /// What the wall clock would show now without it.
        package let expected: Timestamp
        /// What it was put forward by; negative if it was set back.
        package let change: Duration

        package init(expected: Timestamp, change: Duration) {
            self.expected = expected
            self.change = change
        }
    }

    /// The time between two steps.
    private struct Stretch: Sendable {
        /// Steady time: when it was noticed, and the look before, after which it can have begun. Others may have written
        /// something by the new clock in between.
        let begin: Timestamp
        let earliest: Timestamp
        /// How far the wall clock is ahead of steady time. A clock that is slewed changes it slowly.
        var lead: Duration
    }

    /// On the wall clock and in steady time alike.
    private let startedAt: Timestamp
    /// The clocks of earlier processes, as far as the database shows them.
    private let past: PastClocks
    private let origin: MonotonicInstant
    private var latest: Timestamp
    /// In their order; never empty, and bounded.
    private var stretches: [Stretch]

    private static let mostStretches = 32
    /// A clock that is disciplined by NTP is slewed by 0.05 % at most, and stepped if it is off by more than 128 ms. What
    /// is less than this does no harm either way.
    private static let tolerance = Duration.seconds(1)

    /// - Parameters:
    ///   - lastSeen: the latest time that the database holds of an earlier process's work; nil if there is none or it is
    ///     not known.
    ///   - steps: of the clock, as earlier processes noted them, oldest first.
    package init(startingAt moment: Moment, lastSeen: Timestamp? = nil, steps: [ClockStep] = []) {
        startedAt = moment.wall
        past = PastClocks(lastSeen: min(lastSeen ?? moment.wall, moment.wall), steps: steps)
        origin = moment.monotonic
        latest = moment.wall
        stretches = [Stretch(begin: moment.wall, earliest: moment.wall, lead: .zero)]
    }

    private var lead: Duration { stretches[stretches.count - 1].lead }

    /// Records both clocks.
    ///
    /// - Returns: the steady time, and the step if the wall clock made one since the last call.
    package mutating func advance(to moment: Moment) -> (now: Timestamp, step: Step?) {
        let now = max(latest, startedAt.advanced(by: moment.monotonic.since(origin)))
        let before = latest
        let elapsed = now.since(before)
        latest = now
        let newLead = moment.wall.since(now)
        let change = newLead - lead
        guard abs(change) > Self.tolerance + elapsed / 1000, !Planted.isOn(.clockStepUnseen) else {
            stretches[stretches.count - 1].lead = newLead
            return (now, nil)
        }
        let expected = now.advanced(by: lead)
        if stretches.count == Self.mostStretches { stretches.removeFirst() }
        stretches.append(Stretch(begin: now, earliest: before, lead: newLead))
        return (now, Step(expected: expected, change: change))
    }

    /// What the wall clock shows at a steady time, as far as it is known now.
    package func wall(_ steady: Timestamp) -> Timestamp {
        steady == .distantFuture ? steady : steady.advanced(by: lead)
    }

    /// The steady time of a time on the wall clock, as it is now.
    package func steady(_ wall: Timestamp) -> Timestamp {
        wall.advanced(by: .zero - lead)
    }

    /// Since when, in steady time, something has existed that was written at `wall`: time that this process lived
    /// through, and what the ones before it did as far as the database shows it. If it could be several times, because
    /// the wall clock was set back, the latest counts: nothing is given up too early.
    package func begin(ofWhatWasWrittenAt wall: Timestamp) -> Timestamp {
        var begin: Timestamp?
        for (index, stretch) in stretches.enumerated() {
            let end = index + 1 < stretches.count ? stretches[index + 1].begin : latest
            let candidate = wall.advanced(by: .zero - stretch.lead)
            if candidate >= stretch.earliest, candidate <= end.advanced(by: Self.tolerance) {
                begin = max(begin ?? candidate, min(candidate, latest))
            }
        }
        if let begin { return begin }
        // Before this process; or at a time that no clock of this process showed.
        guard wall < startedAt, stretches[0].begin == startedAt else { return stretches[0].begin }
        return startedAt.advanced(by: .zero - past.age(ofWhatWasWrittenAt: wall))
    }

    private func abs(_ duration: Duration) -> Duration { duration < .zero ? .zero - duration : duration }
}
