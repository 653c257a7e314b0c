import Foundation
import Model
import TestSupport

/// Trainings that were all begun before the trial, and that end one after the other.
///
/// Made up, but not to please: how fast steps are made varies over a run, after the last step there is something to
/// save, and some runs fail at a time that cannot be predicted.
struct TrialWorld: Sendable {
    struct Task: Sendable {
        let id: ClusterID
        /// Seconds since the trial's begin.
        let start: Double
        let end: Double
        /// When it would end if it did not fail.
        let plannedEnd: Double
        let fails: Bool
        let steps: Int
        /// By how much the speed varies over the run.
        let sway: Double
        /// Seconds after the last step.
        let tail: Double

        /// Steps made so far.
        func step(at time: Double) -> Int {
            let share = min(1, max(0, (time - start) / (plannedEnd - tail - start)))
            let swayed = share + sway * sin(2 * .pi * share) / (2 * .pi)
            return min(steps, Int(swayed * Double(steps)))
        }

        func status(at time: Double) -> ClusterStatus {
            time < end ? .activation : fails ? .failed : .completed
        }
    }

    let tasks: [Task]
    let indexOfTask: [ClusterID: Int]

    /// The zero of the trial's wall clock.
    static let begin = Timestamp(milliseconds: 1_795_500_000_000)

    /// - Parameter ends: when the trainings end, in seconds; evenly spread.
    init(tasks count: Int, ends: ClosedRange<Double>, failing share: Double, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        tasks = (0..<count).map { number in
            let plannedEnd = Double.random(in: ends, using: &random)
            let length = Double.random(in: 4 * 3600...12 * 3600, using: &random)
            let fails = Double.random(in: 0..<1, using: &random) < share
            let failure = Double.random(in: ends.lowerBound...max(plannedEnd, ends.lowerBound), using: &random)
            return Task(
                id: ClusterID("pm-trial\(100_000 + number)"), start: min(plannedEnd - length, 0),
                end: fails ? failure : plannedEnd, plannedEnd: plannedEnd, fails: fails,
                steps: Int.random(in: 200...2000, using: &random), sway: Double.random(in: -0.3...0.3, using: &random),
                tail: Double.random(in: 60...240, using: &random))
        }
        indexOfTask = Dictionary(uniqueKeysWithValues: tasks.enumerated().map { ($0.element.id, $0.offset) })
    }

    static func time(_ seconds: Double) -> Timestamp {
        begin.advanced(by: .seconds(seconds))
    }

    // MARK: - What the API answers

    func observation(_ task: Task, at time: Double, known: BodyDigest?) -> PollOutcome {
        let status = task.status(at: time)
        let digest = BodyDigest(high: status.isSettled ? 2 : 1, low: 0)
        if digest == known { return .unchanged(requestID: nil) }
        return .answer(
            Observation(
                status: status,
                facts: TaskFacts(
                    startedAt: Self.time(task.start), completedAt: status.isSettled ? Self.time(task.end) : nil),
                requestID: nil, body: [], digest: digest))
    }

    func page(_ number: Int, at time: Double) -> TaskListPage {
        let first = min((number - 1) * TaskListPage.size, tasks.count)
        let listed = tasks[first..<min(first + TaskListPage.size, tasks.count)].map { task in
            let status = task.status(at: time)
            return ListedTask(
                id: task.id, status: status, startedAt: Self.time(task.start),
                completedAt: status.isSettled ? Self.time(task.end) : nil)
        }
        return TaskListPage(tasks: listed, total: tasks.count)
    }

    /// The last ten steps.
    func reading(_ task: Task, at time: Double) -> ProgressReading {
        let newest = task.step(at: min(time, task.end))
        guard newest > 0 else { return ProgressReading(points: []) }
        let points = (max(1, newest - 9)...newest).map { step in
            ProgressPoint(at: Self.time(moment(of: step, task)), step: step, totalSteps: task.steps)
        }
        return ProgressReading(points: points)
    }

    /// When a step was made: by halving, for the sway cannot be turned round.
    private func moment(of step: Int, _ task: Task) -> Double {
        var low = task.start
        var high = task.plannedEnd
        for _ in 0..<40 {
            let middle = (low + high) / 2
            if task.step(at: middle) < step { low = middle } else { high = middle }
        }
        return high
    }
}
