/// That a run is overdue, and by which of the limits of `overdue`.
package struct OverdueMark: Hashable, Sendable {
    /// The raw value is the key of the config.
    package enum Limit: String, CaseIterable, Sendable {
        case maxRuntime = "max_runtime"
        case slowerThan = "slower_than"
        case deadline
    }

    /// When the run passed the limit, by the API's clock.
    package let since: Timestamp
    package let limit: Limit

    package init(limit: Limit, since: Timestamp) {
        self.limit = limit
        self.since = since
    }

    /// The members are a contract with scripts.
    package var json: JSONValue {
        .object(["limit": .string(limit.rawValue), "since": JSONValue(since)])
    }
}
