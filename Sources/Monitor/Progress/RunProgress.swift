import Model

/// How far the run of one training is, as the monitor holds it.
struct RunProgress: Sendable {
    var record: ProgressRecord
    /// When the newest step was first read; nil while none was.
    @Compact var stepSeen: MonotonicInstant?
    var failures = 0
    /// Readings in a row that were full and not up to date: the rest is read at once.
    var catchingUp = 0
    /// The API did not take so long a time: a shorter one is asked for.
    var asksForLess = false
    /// The poll after which a reading put the next one off.
    @Compact var deferredAfter: Timestamp?
    /// When the run is expected to end.
    var window: ClosedRange<MonotonicInstant>?
    /// What is not written yet.
    var newPoints: [CurvePoint] = []
    var startsAnew = false

    init(_ record: ProgressRecord) {
        self.record = record
    }

    /// What to ask for: the newest second that is known again, for more may have been written in it. A step that is dated
    /// ahead of the clocks must not hide those that follow it.
    func since(startedAt: Timestamp?) -> Timestamp? {
        guard let loggedAt = record.latest?.loggedAt else { return startedAt }
        return min(loggedAt, readAt ?? record.stepSeenAt ?? loggedAt).advanced(by: .seconds(-1))
    }

    /// How far back to ask at most: the API's pages do not say how long a time it takes, and a day holds more steps than
    /// are read.
    var reach: Duration { asksForLess ? .seconds(3600) : .seconds(86_400) }

    /// Takes a reading over.
    ///
    /// - Returns: whether it has a step that is new.
    mutating func take(_ reading: ProgressReading, startedAt: Timestamp?, at now: Moment) -> Bool {
        failures = 0
        let known = record.latest
        let served = reading.answeredAt ?? now.wall
        placeKnownStep(reading, served, at: now)
        readAt = served
        // The log may hold earlier runs; whole seconds are asked for, so a step of one may slip in.
        let points = reading.points.filter { point in startedAt.map { point.at >= $0 } ?? true }
        let training = placed(points.filter { !$0.isEvaluation && $0.step != nil }, reading)
        if let newest = points.last(where: \.isEvaluation), record.latest != nil || !training.isEmpty {
            evaluation = newest.metrics
        }
        let added = training.filter { isNew($0) }
        guard let newest = added.last, let step = newest.step else {
            catchingUp = 0
            return false
        }
        newestTime = max(newestTime ?? newest.at, added.map(\.at).max() ?? newest.at)
        highestStep = max(highestStep ?? step, added.compactMap(\.step).max() ?? step)
        if record.firstStep == nil, let first = training.first {
            record.firstStep = first.step
            record.firstLoggedAt = first.at
        }
        var metrics = known?.metrics.filter { newest.metrics[$0.key] == nil && evaluation[$0.key] != nil } ?? [:]
        metrics.merge(evaluation) { $1 }
        metrics.merge(newest.metrics) { $1 }
        record.latest = TrainingProgress(
            step: step, totalSteps: newest.totalSteps ?? known?.totalSteps, epoch: newest.epoch ?? known?.epoch,
            metrics: metrics, loggedAt: newest.at)
        record.stepSeenAt = now.wall
        stepSeen = now.monotonic
        keep(added)
        // A full page whose newest step is old: the server gives the oldest first, whatever was asked for.
        let isBehind = reading.isFull && served.since(newest.at) > Self.farBehind
        catchingUp = isBehind ? catchingUp + 1 : 0
        return true
    }

    /// The steps of a reading, without those that are dated ahead of the server's clock. If all are, the clock of the host
    /// that writes them is wrong: then the furthest step counts, as made just now.
    private func placed(_ steps: [ProgressPoint], _ reading: ProgressReading) -> [ProgressPoint] {
        guard let served = reading.answeredAt else { return steps }
        let latest = served.advanced(by: Self.mostAhead)
        let placed = steps.filter { $0.at <= latest }
        guard placed.isEmpty, let furthest = steps.max(by: { ($0.step ?? 0) < ($1.step ?? 0) }),
            furthest.step != record.latest?.step
        else { return placed }
        return [furthest.dated(served)]
    }

    /// Whether a step was made after those that are known: it is later, or further. Either alone may be wrong: the clock
    /// of a host, or a training that goes on from an earlier step.
    private func isNew(_ point: ProgressPoint) -> Bool {
        guard let newestTime, let highestStep else { return true }
        return point.at > newestTime || point.step.map { $0 > highestStep } ?? false
    }

    /// Finds the place in time of a step that was known before this process.
    ///
    /// The host's clock may have been set meanwhile: if the server's says that less time has passed, that holds.
    private mutating func placeKnownStep(_ reading: ProgressReading, _ served: Timestamp, at now: Moment) {
        guard newestTime == nil, let known = record.latest, let step = known.step else { return }
        let loggedAt = known.loggedAt ?? served
        newestTime = min(loggedAt, (record.stepSeenAt ?? served).advanced(by: Self.mostAhead))
        highestStep = step
        var seen = stepSeen ?? now.monotonic
        if reading.answeredAt != nil {
            seen = max(seen, now.monotonic.advanced(by: min(.zero, loggedAt.since(served))))
        }
        stepSeen = seen
    }

    /// The latest time and the furthest step that were read of the run; nil before the first reading.
    @Compact private var newestTime: Timestamp?
    private var highestStep: Int?
    /// When the newest reading was made, by the server's clock if that is known.
    @Compact private var readAt: Timestamp?

    /// Steps that are dated further ahead of the server's clock are misdated.
    private static let mostAhead = Duration.seconds(300)

    /// Metrics of the newest evaluation.
    private var evaluation: [String: JSONValue] = [:]

    private static let farBehind = Duration.seconds(300)
    /// A reading adds so many points to the curve at most.
    private static let mostPoints = 25

    private mutating func keep(_ points: [ProgressPoint]) {
        let stride = max(1, (points.count + Self.mostPoints - 1) / Self.mostPoints)
        let kept = points.enumerated().filter { $0.offset % stride == 0 || $0.offset == points.count - 1 }
        newPoints += kept.map { _, point in
            // What is not a number equals nothing, not even itself once it is written.
            CurvePoint(at: point.at, step: point.step, loss: point.loss.flatMap { $0.isFinite ? $0 : nil })
        }
        // If the disk takes nothing for hours.
        if newPoints.count > 8 * Self.mostPoints {
            newPoints = newPoints.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        }
    }

    /// What a good reading just now says of the training being alive.
    ///
    /// - Parameter now: by the server's clock.
    func liveness(at now: Timestamp) -> Liveness {
        guard let loggedAt = record.latest?.loggedAt, let pace = record.secondsPerStep else { return .unknown }
        let silence = now.since(loggedAt).inSeconds
        if silence > max(60, pace * 5) { return .silent }
        return silence <= max(20, pace * 2) ? .alive : .unknown
    }

    enum Liveness: Sendable {
        /// A step was made just now.
        case alive
        /// Several should have been made since the newest one.
        case silent
        case unknown
    }

    /// What is to be written.
    var update: ProgressUpdate {
        ProgressUpdate(record: record, startsAnew: startsAnew, points: newPoints)
    }

    /// Records that `update` is written; what came meanwhile stays.
    mutating func noteSaved(_ saved: ProgressUpdate) {
        let written = Set(saved.points)
        // A new list: the old one would keep room for all that it ever held.
        newPoints = newPoints.filter { !written.contains($0) }
        startsAnew = false
    }
}

extension ProgressPoint {
    /// The same with another time.
    fileprivate func dated(_ time: Timestamp) -> ProgressPoint {
        ProgressPoint(
            at: time, step: step, totalSteps: totalSteps, epoch: epoch, isEvaluation: isEvaluation, metrics: metrics)
    }
}
