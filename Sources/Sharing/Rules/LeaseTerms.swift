/// How long leases last and how often they are looked after. The same on every host of an installation.
package struct LeaseTerms: Hashable, Sendable {
    /// How long a lease lasts without being renewed, by the database's clock.
    package var duration: Duration
    package var renewEvery: Duration
    /// How often a host looks for what it may take.
    package var lookEvery: Duration
    /// After a connection was made, how long nothing is taken from others: they may be connecting, too.
    package var patience: Duration
    /// How long a host may take to finish what it gives back. After that it stops renewing the lease.
    package var drainLimit: Duration

    package init(
        duration: Duration = .seconds(15), renewEvery: Duration = .seconds(3), lookEvery: Duration = .milliseconds(500),
        patience: Duration = .seconds(5), drainLimit: Duration = .seconds(30)
    ) {
        self.duration = duration
        self.renewEvery = renewEvery
        self.lookEvery = lookEvery
        self.patience = patience
        self.drainLimit = drainLimit
    }
}
