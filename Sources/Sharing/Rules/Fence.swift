/// Keeps a host whose lease has another owner from committing: a statement of the transaction itself carries it.
///
/// By a number that goes up with each commit of a lease, and not by its epoch alone: so a COMMIT whose answer was lost can
/// be settled, and what a proxy delivers late is refused.
package struct Fence: Hashable, Sendable {
    package let share: Share
    package let epoch: Int64
    /// The number of the commit that this transaction is to be.
    package let number: Int64

    package init(share: Share, epoch: Int64, number: Int64) {
        self.share = share
        self.epoch = epoch
        self.number = number
    }

    /// What became of a transaction whose answer was lost.
    package enum Outcome: Hashable, Sendable {
        /// It is committed. The lease goes on with another epoch, and with the next number.
        ///
        /// - Parameter lastEvent: the number of the last event that was committed with the lease; nil if there was none.
        case committed(epoch: Int64, lastEvent: Int64?)
        /// It never will be. The lease goes on with another epoch, and with the same number.
        case notCommitted(epoch: Int64)
        /// The lease has another owner. Whether it was committed is nothing to this host any more.
        case lost
    }
}
