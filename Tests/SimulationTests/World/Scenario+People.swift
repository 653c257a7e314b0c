import Model

/// A silence that somebody begins, as long as the daemon runs then.
struct SimulatedSilence {
    let span: Range<Millis>
    let matchers: SilenceMatchers
}

extension Scenario {
    /// In half of the runs; open in the last hours, so that all that waits can come to its end.
    static func hours(_ random: inout SeededRandom) -> WeeklyHours? {
        guard random.chance(0.5), let from = TimeOfDay("08:00"), let to = TimeOfDay("22:00") else { return nil }
        return WeeklyHours(zone: .utc, windows: [.init(days: .everyDay, from: from, to: to)])
    }

    static func silences(_ random: inout SeededRandom) -> [SimulatedSilence] {
        let matchers = [
            SilenceMatchers(), SilenceMatchers(clusters: ["pm-a*"]), SilenceMatchers(targets: ["steady"]),
            SilenceMatchers(events: [.failed, .stalled, .pollFailing]),
            SilenceMatchers(clusters: ["pm-b0"], targets: ["flaky", "steady"]),
        ]
        return (0..<6).compactMap { _ in
            guard random.chance(0.6) else { return nil }
            let start = random.millis(0...(quietFrom - 13 * .hour))
            return SimulatedSilence(
                span: start..<(start + random.millis((10 * .minute)...(12 * .hour))), matchers: random.pick(matchers))
        }
    }
}
