import Foundation
import Model

/// What a task's runs would have written down: steps with their metrics, and lines of a log.
struct TaskProgress: Sendable {
    struct Step: Sendable {
        let number: Int
        let total: Int
        let epoch: Double
        let at: Timestamp
    }

    struct Line: Sendable {
        let at: Timestamp
        let text: String
    }

    private let training: TrainingScript
    private let runs: [SimulatedTask.Run]
    private let now: Timestamp

    init(_ task: SimulatedTask, now: Timestamp) {
        training = task.script.training
        runs = task.runs(until: now)
        self.now = now
    }

    /// The steps made within the times, oldest first.
    func steps(from: Timestamp, to: Timestamp) -> [Step] {
        runs.flatMap { run -> [Step] in
            let end = min(to, run.ended ?? now, now)
            guard let first = number(at: max(from, run.started), of: run, roundsUp: true),
                let last = number(at: end, of: run, roundsUp: false), first <= last
            else { return [] }
            return (first...last).map { step($0, of: run) }
        }
    }

    func lines(from: Timestamp, to: Timestamp) -> [Line] {
        var lines = steps(from: from, to: to).map { step in
            Line(at: step.at, text: "step \(step.number)/\(step.total) epoch \(step.epoch) loss \(Self.loss(step))")
        }
        for run in runs {
            guard let ended = run.ended, (from...to).contains(ended) else { continue }
            let words = run.hasFailed ? training.failureLog : ["training finished"]
            lines += words.map { Line(at: ended, text: $0) }
        }
        return lines.sorted { $0.at < $1.at }
    }

    /// Falls from about 2.6 to about 0.2 over the run.
    static func loss(_ step: Step) -> Double {
        let share = Double(step.number) / Double(max(1, step.total))
        return (1000 * (0.1 + 2.5 * exp(-3.2 * share))).rounded() / 1000
    }

    /// The number of the step made at a time, within what the run makes.
    private func number(at time: Timestamp, of run: SimulatedTask.Run, roundsUp: Bool) -> Int? {
        guard time >= run.started else { return nil }
        let passed = time.since(run.started).wholeMilliseconds
        let length = max(1, training.step.wholeMilliseconds)
        let number = Int(roundsUp ? (passed + length - 1) / length : passed / length)
        let most = min(training.totalSteps, training.stallsAt ?? .max)
        return roundsUp ? max(1, number) : min(number, most)
    }

    private func step(_ number: Int, of run: SimulatedTask.Run) -> Step {
        let share = Double(number) / Double(max(1, training.totalSteps))
        return Step(
            number: number, total: training.totalSteps,
            epoch: (share * Double(training.epochs) * 100).rounded() / 100,
            at: run.started.advanced(by: training.step * number))
    }
}
