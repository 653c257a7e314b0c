import Model
import Store

extension DatabaseFigures {
    /// What the database says, as metrics.
    ///
    /// - Parameter knownTargets: names of targets that the database may not know yet.
    func families(knownTargets: Set<String>) -> [MetricFamily] {
        taskCounts + [
            MetricFamily(.lastEvent, Double(lastEvent)),
            MetricFamily(
                .scopeFailing, scopes.map { MetricSeries([$0.account, $0.region], $1 ? 1 : 0) }.ordered),
        ] + targetFamilies(knownTargets.union(targets.keys).sorted()) + taskFamilies + [
            MetricFamily(.databaseSize, Double(size)), MetricFamily(.logSize, Double(logSize)),
            MetricFamily(.diskFree, free.map { [MetricSeries([], Double($0))] } ?? []),
        ]
    }

    private var taskCounts: [MetricFamily] {
        // The words that the API documents, and ours; whatever else it says is counted together.
        let known: [ClusterStatus] = [.activation, .completed, .failed, .gone]
        var counts = Dictionary(uniqueKeysWithValues: (known.map(\.rawValue) + ["other"]).map { ($0, 0) })
        for (status, count) in tasksByStatus {
            let word = status.map(\.rawValue)?.uppercased() ?? ""
            counts[known.contains(ClusterStatus(word)) ? word : "other", default: 0] += count
        }
        return [
            MetricFamily(.tasks, counts.map { MetricSeries([$0], Double($1)) }.ordered),
            MetricFamily(.tasksFailingPolls, Double(failingPolls)), MetricFamily(.tasksStalled, Double(stalled)),
        ]
    }

    private func targetFamilies(_ names: [String]) -> [MetricFamily] {
        let figures = names.map { ($0, targets[$0] ?? TargetFigures()) }
        return [
            MetricFamily(
                .alerts,
                figures.flatMap { name, target in
                    [AlertState.dead, .held, .pending].map {
                        MetricSeries([name, $0.rawValue], Double(target.alerts[$0] ?? 0))
                    }
                }),
            MetricFamily(
                .oldestPending,
                figures.compactMap { name, target in
                    target.oldestPending.map { MetricSeries([name], $0.metricSeconds) }
                }),
            MetricFamily(.targetSuspended, figures.map { MetricSeries([$0], $1.isSuspended ? 1 : 0) }),
        ]
    }

    private var taskFamilies: [MetricFamily] {
        func family(_ metric: Metric, _ value: (TaskFigures) -> Double?) -> MetricFamily {
            MetricFamily(
                metric,
                tasks.compactMap { task in
                    value(task).flatMap { $0.isFinite ? MetricSeries([task.cluster.rawValue], $0) : nil }
                })
        }
        return [
            MetricFamily(
                .taskInfo,
                tasks.map { MetricSeries([$0.cluster.rawValue, $0.name, $0.baseModel, $0.instance], 1) }),
            MetricFamily(
                .taskStatus,
                tasks.compactMap { task in
                    task.status.map { MetricSeries([task.cluster.rawValue, $0.rawValue], 1) }
                }),
            family(.taskProgress) { $0.ratio }, family(.taskLoss) { $0.loss },
            family(.taskExpectedEnd) { $0.expectedEnd?.metricSeconds },
            family(.taskLastStep) { $0.lastStepAt?.metricSeconds },
        ]
    }
}

extension TaskFigures {
    fileprivate var ratio: Double? {
        guard let step, let totalSteps, totalSteps > 0, step >= 0 else { return nil }
        return min(1, Double(step) / Double(totalSteps))
    }
}

extension [MetricSeries] {
    fileprivate var ordered: [MetricSeries] { sorted(by: MetricSeries.isInOrder) }
}
