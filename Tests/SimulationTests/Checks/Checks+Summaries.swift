import Model

/// Every day has one summary, at its time by the clocks of its zone: also over crashes, steps of the host's clock and days
/// on which clocks are changed.
extension Checks {
    func summaryBreaches() -> [String] {
        let all = record.events.filter { $0.kind == .summary }
        let sent = all.compactMap { record.observed[$0.seq] }
        // The host's clock may have been days off.
        let times = scenario.summaryTime.moments(
            from: Timestamp(milliseconds: Period.current.begin - 10 * Millis.day),
            to: (Scenario.length + 10 * .day).timestamp)
        return zip(times, times.dropFirst()).flatMap { time, next -> [String] in
            let own = sent.filter { time <= $0 && $0 < next }
            let name = "for \(time.rfc3339)"
            if own.count > 1 + fallsBack { return ["\(own.count) summaries \(name)"] }
            guard !hasStep(around: time) else { return [] }
            let begin = time.sinceBegin - ahead(at: time)
            guard begin > 0, begin + 5 * .minute < Scenario.length,
                let first = chronicle.lives.first, first.start < begin,
                let possible = ([begin] + starts).filter({ $0 >= begin }).sorted().first(where: {
                    chronicle.wasWell($0..<($0 + 5 * .minute), in: scenario)
                }), possible + 5 * .minute < min(begin + next.since(time).millis, Scenario.length)
            else { return [] }
            let end = time.advanced(by: .milliseconds(possible + 5 * .minute - begin))
            return own.contains { $0 <= end } ? [] : ["no summary \(name) until \(end.rfc3339), but \(own)"]
        }
    }

    /// From when on the daemon may be well.
    private var starts: [Millis] { chronicle.lives.map(\.start) + chronicle.diskFailures.map(\.upperBound) }

    /// How often the host's clock was set back by more than a day: what it sent for times to come is sent again.
    private var fallsBack: Int {
        let aheads = [0] + scenario.clockSteps.map(\.ahead)
        return zip(aheads, aheads.dropFirst()).count { $0 - $1 > .day }
    }

    /// By how much the host's clock is ahead when it shows a time, if it is not set around then.
    private func ahead(at time: Timestamp) -> Millis {
        scenario.clockSteps.last { ($0.at + $0.ahead).timestamp <= time }?.ahead ?? 0
    }

    /// Whether the host's clock is set within the day before a time and the day after it, or shows it twice or never.
    private func hasStep(around time: Timestamp) -> Bool {
        let moment = time.sinceBegin - ahead(at: time)
        return scenario.clockSteps.contains { abs($0.at - moment) < 26 * .hour }
            || !scenario.clockSteps.isEmpty && hostTime(at: max(0, moment)) != time
    }
}
