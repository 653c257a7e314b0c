/// So many in so long, `18/1m` in a config.
package struct RateLimit: Hashable, Sendable {
    package let count: Int
    package let period: Duration

    package init(count: Int, per period: Duration) {
        self.count = count
        self.period = period
    }
}
