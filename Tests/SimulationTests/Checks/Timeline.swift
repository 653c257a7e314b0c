import Model
import Monitor

/// A run in the order of time, for whoever has to understand a seed: what the world did, and what the history says.
struct Timeline {
    let scenario: Scenario
    let chronicle: Chronicle
    let record: Record
    var taken: [VirtualReceivers.Taken] = []

    /// One line each, the oldest first.
    func lines() -> [String] {
        ["the world: \(scenario.swarm)", "quotas: \(scenario.quotas)"]
            + (world() + daemon() + history() + messages()).sorted { $0.at < $1.at }.map {
                "\(Self.clock($0.at))  \($0.text)"
            }
    }

    private func world() -> [(at: Millis, text: String)] {
        scenario.apiFaults.flatMap { fault -> [(at: Millis, text: String)] in
            let name = "\(fault.kind) for \(fault.cluster?.rawValue ?? "all of \(fault.scope.account)")"
            return [(fault.span.lowerBound, "API: \(name) begins"), (fault.span.upperBound, "API: \(name) ends")]
        }
            + scenario.tasks.flatMap { task in
                task.phases.map { ($0.start, "task: \(task.cluster.id) is \($0.status?.rawValue ?? "not there")") }
            }
    }

    private func daemon() -> [(at: Millis, text: String)] {
        chronicle.lives.flatMap { [($0.start, "daemon: starts"), ($0.end, "daemon: ends")] }
            + chronicle.diskFailures.flatMap { [($0.lowerBound, "disk: full"), ($0.upperBound, "disk: has room")] }
            + scenario.clockSteps.map { ($0.at, "clock: \($0.ahead) ms ahead") }
            + scenario.receiverFaults.flatMap { fault in
                [
                    (fault.span.lowerBound, "flaky: \(fault.kind) begins, asks for \(fault.retryAfter) ms"),
                    (fault.span.upperBound, "flaky: \(fault.kind) ends"),
                ]
            }
            + chronicle.answers.map { ($0.receivedAt, "answer: \($0.cluster) \($0.kind)") }
    }

    private func history() -> [(at: Millis, text: String)] {
        record.events.map { event in
            let change = "\(event.from?.rawValue ?? "-") -> \(event.to?.rawValue ?? "-")"
            return (
                event.at,
                "EVENT \(event.seq): \(event.kind.rawValue) of \(event.line), \(change), \(event.sighting.rawValue)"
            )
        }
    }

    private func messages() -> [(at: Millis, text: String)] {
        taken.map { ($0.at, "\($0.target) takes \($0.id), with event \($0.seq)") }
    }

    private static func clock(_ time: Millis) -> String {
        let seconds = time / .second
        let parts = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "day \(time / .day) \(parts.joined(separator: ":"))"
    }
}
