/// What the database says of leases and hosts at one moment.
package struct SharingView: Hashable, Sendable {
    /// How one lease stands.
    package struct LeaseState: Hashable, Sendable {
        /// Whose it is or was; nil if it was given back, or nobody has had it yet.
        package let owner: String?
        /// It has run out, or was given back.
        package let isFree: Bool
        /// It ends later than any renewal could make it: it was renewed before the database's clock was set back. If its
        /// owner lives, it will be renewed with the right end soon.
        package let isAhead: Bool
        package let epoch: Int64

        package init(owner: String?, isFree: Bool, isAhead: Bool = false, epoch: Int64 = 0) {
            self.owner = owner
            self.isFree = isFree
            self.isAhead = isAhead
            self.epoch = epoch
        }
    }

    /// What has a row. What nobody has had yet may have none.
    package var leases: [Share: LeaseState]
    /// The hosts that live, by their owner's name, and what each can do.
    package var hosts: [String: Set<Share>]

    package init(leases: [Share: LeaseState] = [:], hosts: [String: Set<Share>] = [:]) {
        self.leases = leases
        self.hosts = hosts
    }
}
