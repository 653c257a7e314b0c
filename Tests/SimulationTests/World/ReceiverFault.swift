/// A span of time in which the receiver of the target `flaky` misbehaves.
struct ReceiverFault {
    enum Kind: CaseIterable {
        case down, serverError
        /// 429 with `Retry-After`.
        case busy
        /// Takes the message, and the answer is lost.
        case losesAnswer
        case hangs, slow, refusesMessage, broken
        case mixed
    }

    let kind: Kind
    let span: Range<Millis>
    /// What it asks for where it is busy.
    let retryAfter: Millis

    static func plan(_ swarm: Swarm, random: SeededRandom) -> [ReceiverFault] {
        guard !swarm.receiverFaults.isEmpty else { return [] }
        var random = random
        var faults: [ReceiverFault] = []
        var time = random.millis(0...(10 * .hour))
        while time < Scenario.quietFrom {
            let length = random.millis((2 * .minute)...(random.chance(0.2) ? 60 * .hour : 8 * .hour))
            let end = min(time + length, Scenario.quietFrom)
            faults.append(
                ReceiverFault(
                    kind: random.pick(swarm.receiverFaults), span: time..<end,
                    retryAfter: random.millis((30 * .second)...(2 * .hour)) / .second * .second))
            time = end + random.millis((10 * .minute)...swarm.receiverPause)
        }
        return faults
    }
}
