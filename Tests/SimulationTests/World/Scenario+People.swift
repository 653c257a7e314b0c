import Model

/// A silence that somebody begins, as long as the daemon runs then.
struct SimulatedSilence {
    let span: Range<Millis>
    let matchers: SilenceMatchers
}

extension Scenario {
    /// By day, at night, and with ends in the hours in which clocks are changed.
    static func hours(_ random: inout SeededRandom) -> SimulatedHours {
        let workdays = Set<Int64>(0...4)
        let weeks: [[SimulatedHours.Window]] = [
            [.everyDay("08:00", "22:00")],
            [.init(days: workdays, dayText: "mon-fri", from: "09:00", to: "18:00")],
            [.everyDay("22:00", "06:30")],
            [.everyDay("02:30", "21:00")],
            [.everyDay("14:00", "01:45")],
            [.everyDay("00:00", "02:00"), .everyDay("03:00", "12:00")],
            [
                .init(days: [5, 6, 0, 1], dayText: "sat-tue", from: "00:30", to: "23:59"),
                .init(days: [2], dayText: "wed", from: "20:00", to: "20:00"),
            ],
        ]
        return SimulatedHours(zone: Period.current.place, windows: random.pick(weeks))
    }

    static func silences(_ random: inout SeededRandom) -> [SimulatedSilence] {
        let matchers = [
            SilenceMatchers(), SilenceMatchers(clusters: ["pm-a*"]), SilenceMatchers(targets: ["steady"]),
            SilenceMatchers(events: [.failed, .stalled, .pollFailing]),
            SilenceMatchers(events: [.completed, .restarted, .started, .changed]),
            SilenceMatchers(clusters: ["pm-a*"], events: [.completed, .failed, .restarted]),
            SilenceMatchers(clusters: ["pm-b0"], targets: ["flaky", "steady"]),
        ]
        return (0..<6 * weeks).compactMap { _ in
            guard random.chance(0.6) else { return nil }
            let start = random.millis(0...(quietFrom - 13 * .hour))
            return SimulatedSilence(
                span: start..<(start + random.millis((10 * .minute)...(12 * .hour))), matchers: random.pick(matchers))
        }
    }
}
