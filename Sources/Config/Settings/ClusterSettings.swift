package import Model

/// A watched task: one item of `clusters`.
package struct ClusterSettings: Hashable, Sendable {
    package var id: ClusterID
    /// What people call it; unique among names and ids.
    package var name: String?
    /// The name of one of `Settings.accounts`.
    package var account = AccountSettings.defaultName
    package var region: String
    /// In place of `schedule.running`.
    @Compact package var poll: Duration?
    package var labels: [String: String] = [:]
    /// When a run of this task takes too long: its own limits, completed by the general ones.
    package var overdue = OverdueSettings()
    /// What an hour costs, in `Settings.cost.currency`; nil means `Settings.cost.perHour`.
    package var costPerHour: Double?

    package var accountRegion: AccountRegion { AccountRegion(account: account, region: region) }
}

/// A parent instance whose tasks are discovered: one item of `instances`.
package struct InstanceSettings: Hashable, Sendable {
    /// `pc-…`, trimmed.
    package var id: String
    package var account = AccountSettings.defaultName
    package var region: String
    /// What every task found there carries.
    package var labels: [String: String] = [:]
    /// What an hour of a task found there costs; nil means `Settings.cost.perHour`.
    package var costPerHour: Double?

    package var accountRegion: AccountRegion { AccountRegion(account: account, region: region) }
}
