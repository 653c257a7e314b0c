import Model

/// The time by the API's clock: what it says of runs is compared with it, not with the clock of this host, which may be
/// wrong by hours.
///
/// Between answers that have a time it goes on with the clock that never steps.
struct ServerClock: Sendable {
    /// The newest time that the API gave.
    private var known: Moment?
    /// How far the API's clock is from the host's, as far as refused calls have shown it.
    private var offset = Duration.zero

    /// Further away than this from the host's clock a server's time is not believed.
    private static let bound = Duration.seconds(31 * 86_400)

    mutating func note(_ time: Timestamp?, at now: Moment, offset: Duration) {
        self.offset = offset
        guard let time, abs(time.since(now.wall)) <= Self.bound else { return }
        known = Moment(monotonic: now.monotonic, wall: time)
    }

    func time(at now: Moment) -> Timestamp {
        guard let known else { return now.wall.advanced(by: offset) }
        return known.wall.advanced(by: now.monotonic.since(known.monotonic))
    }

    private func abs(_ duration: Duration) -> Duration {
        duration < .zero ? .zero - duration : duration
    }
}

extension CallOutcome {
    /// The server's own time of a good answer, if it gave one.
    fileprivate var answeredAt: Timestamp? {
        switch self {
        case .task(.answer(let observation)): observation.answeredAt
        case .list(.success(let page)): page.answeredAt
        case .progress(.success(let reading)): reading.answeredAt
        case .task, .list, .progress, .log: nil
        }
    }
}

extension TaskMonitor {
    /// Takes over what answers say of the API's clock, before `decide`.
    ///
    /// - Parameter offset: how far it is from the host's, as far as refused calls have shown it.
    package mutating func noteServerTime(of results: [PollResult], offset: Duration = .zero) {
        for result in results { serverClock.note(result.outcome.answeredAt, at: result.at, offset: offset) }
    }
}
