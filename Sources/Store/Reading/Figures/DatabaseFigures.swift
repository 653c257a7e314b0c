package import Model

/// What the database says in numbers, at one time.
package struct DatabaseFigures: Sendable {
    /// Watched tasks by the status as it is stored; those without an answer so far are under nil.
    package internal(set) var tasksByStatus: [ClusterStatus?: Int] = [:]
    /// Watched tasks whose last poll failed.
    package internal(set) var failingPolls = 0
    package internal(set) var stalled = 0
    /// The accounts and regions of watched tasks, and whether all of it fails there.
    package internal(set) var scopes: [AccountRegion: Bool] = [:]
    /// The number of the newest event, also if it was deleted since; 0 if there never was one.
    package internal(set) var lastEvent: Int64 = 0
    package internal(set) var targets: [String: TargetFigures] = [:]
    /// By id.
    package internal(set) var tasks: [TaskFigures] = []
    /// In bytes.
    package internal(set) var size: Int64 = 0
    /// Of the write-ahead log, in bytes.
    package internal(set) var logSize: Int64 = 0
    /// What the file system of the database has left for it, in bytes; nil if it does not say.
    package internal(set) var free: Int64?
}

/// What waits for a target, and what it did not get.
package struct TargetFigures: Hashable, Sendable {
    package internal(set) var isSuspended = false
    package internal(set) var alerts: [AlertState: Int] = [:]
    /// Since when the oldest pending alert has waited; nil if none waits.
    package internal(set) var oldestPending: Timestamp?

    package init() {}
}

/// A task that has metrics of its own.
package struct TaskFigures: Sendable {
    package let cluster: ClusterID
    /// From the config.
    package let name: String?
    package let baseModel: String?
    /// The instance it was found through; nil if the config names it.
    package let instance: String?
    package let status: ClusterStatus?
    /// How far its latest run is: steps done, and of how many; nil if that is not known.
    package let step: Int64?
    package let totalSteps: Int64?
    /// The last one that was logged.
    package let loss: Double?
    package let lastStepAt: Timestamp?
    /// While it runs.
    package let expectedEnd: Timestamp?
}
