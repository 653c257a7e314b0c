package import Model

/// Which limits tasks have for a run: `overdue`, and what clusters have of their own.
package struct OverdueRules: Hashable, Sendable {
    package let general: OverdueSettings
    /// Complete: what a cluster leaves out is the general limit.
    package let ofClusters: [ClusterID: OverdueSettings]

    package init(general: OverdueSettings = OverdueSettings(), ofClusters: [ClusterID: OverdueSettings] = [:]) {
        self.general = general
        self.ofClusters = ofClusters
    }

    var isOff: Bool { general.isOff && ofClusters.isEmpty }

    /// The limits of the run that goes on, the one that is passed first at the front; empty if there are none.
    func limits(of record: ClusterRecord) -> [OverdueMark] {
        guard record.isRunning, let start = record.runStartedAt else { return [] }
        let settings = ofClusters.isEmpty ? general : ofClusters[record.id] ?? general
        guard !settings.isOff else { return [] }
        var limits: [OverdueMark] = []
        if let longest = settings.maxRuntime {
            limits.append(OverdueMark(limit: .maxRuntime, since: start.advanced(by: longest)))
        }
        if let factor = settings.slowerThan, let longest = record.lastRun?.multiplied(by: factor) {
            limits.append(OverdueMark(limit: .slowerThan, since: start.advanced(by: longest)))
        }
        if let deadline = settings.deadline, start < deadline {
            limits.append(OverdueMark(limit: .deadline, since: deadline))
        }
        return limits.sorted { $0.since < $1.since }
    }

    /// The limits that a run has passed by a time.
    ///
    /// - Parameter now: by the API's clock.
    func passed(by record: ClusterRecord, at now: Timestamp) -> [OverdueMark] {
        // A clock that was set back takes no time from a run.
        let now = max(now, record.overdue?.since ?? now)
        return limits(of: record).filter { $0.since <= now }
    }

    /// What becomes of a run's mark.
    enum Change: Hashable, Sendable {
        /// It has just become overdue.
        case begins(OverdueMark)
        /// It stays overdue, by another limit.
        case goesOn(OverdueMark)
        /// Its limits were raised.
        case ends
    }

    /// - Returns: nil if nothing changes.
    func change(of record: ClusterRecord, at now: Timestamp) -> Change? {
        guard !isOff || record.overdue != nil, record.isRunning else { return nil }
        let passed = passed(by: record, at: now)
        switch (record.overdue, passed.first) {
        case (nil, let first?): return .begins(first)
        case (_?, nil): return .ends
        case (let mark?, let first?): return passed.contains(mark) ? nil : .goesOn(first)
        case (nil, nil): return nil
        }
    }

    /// How long until a run passes its first limit; nil if it has none, or has passed one.
    func timeLeft(of record: ClusterRecord, at now: Timestamp) -> Duration? {
        guard !isOff, record.isRunning, record.overdue == nil, let first = limits(of: record).first else { return nil }
        return first.since <= now ? nil : first.since.since(now)
    }
}

extension Duration {
    /// - Returns: nil if the result is not a time that can be calculated with.
    fileprivate func multiplied(by factor: Double) -> Duration? {
        let milliseconds = Double(wholeMilliseconds) * factor
        guard milliseconds.isFinite, milliseconds >= 0, milliseconds < 1e15 else { return nil }
        return .milliseconds(Int64(milliseconds))
    }
}
