/// All that is kept of how far a training is. It speaks of the latest run; the one before leaves with it.
package struct ProgressRecord: Hashable, Sendable {
    package let cluster: ClusterID
    /// `StartTime` of the run it speaks of, where that is known.
    @Compact package var runStartedAt: Timestamp?
    /// The newest step; nil while none is known.
    package var latest: TrainingProgress?
    /// When the newest step was first read.
    @Compact package var stepSeenAt: Timestamp?
    /// The first step that was read of the run: rates are counted from it.
    package var firstStep: Int?
    @Compact package var firstLoggedAt: Timestamp?
    /// How long the run before took.
    @Compact package var pastRun: Duration?
    /// When the run is expected to end; nil if it cannot be estimated.
    @Compact package var expectedEnd: Timestamp?

    package init(cluster: ClusterID) {
        self.cluster = cluster
    }
}

/// A place of the curve of a run that `show` draws.
package struct CurvePoint: Hashable, Sendable {
    package let at: Timestamp
    package let step: Int?
    package let loss: Double?

    /// - Parameter loss: nil if it is not a finite number, which would never equal itself and be written again and again.
    package init(at: Timestamp, step: Int?, loss: Double?) {
        self.at = at
        self.step = step
        self.loss = loss.flatMap { $0.isFinite ? $0 : nil }
    }
}

/// Progress to be written: how far the training is now, and what joins its curve.
package struct ProgressUpdate: Hashable, Sendable {
    package var record: ProgressRecord
    /// Whether what is stored of the cluster's curve belongs to an earlier run.
    package var startsAnew: Bool
    package var points: [CurvePoint]

    package init(record: ProgressRecord, startsAnew: Bool = false, points: [CurvePoint] = []) {
        self.record = record
        self.startsAnew = startsAnew
        self.points = points
    }
}
