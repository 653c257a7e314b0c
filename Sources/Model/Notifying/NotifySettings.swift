/// `escalate` of a route: who gets an event that nobody acknowledged in time.
package struct EscalationSettings: Hashable, Sendable {
    /// Counted from the event's `observed_at`, or from the end of the silence that held it.
    package let after: Duration
    /// Names of targets.
    package let targets: [String]

    package init(after: Duration, targets: [String]) {
        self.after = after
        self.targets = targets
    }
}

/// One entry of `summaries`: when the summary goes to whom.
package struct SummarySettings: Hashable, Sendable {
    package let at: DailyTime
    /// Names of targets.
    package let targets: [String]

    package init(at: DailyTime, targets: [String]) {
        self.at = at
        self.targets = targets
    }
}

/// `overdue`: when a training runs too long. What is nil is off.
package struct OverdueSettings: Hashable, Sendable {
    @Compact package var maxRuntime: Duration?
    /// A multiple of the last completed run of the same task.
    package var slowerThan: Double?
    /// Applies only to runs that began before it.
    @Compact package var deadline: Timestamp?

    package init(maxRuntime: Duration? = nil, slowerThan: Double? = nil, deadline: Timestamp? = nil) {
        self.maxRuntime = maxRuntime
        self.slowerThan = slowerThan
        self.deadline = deadline
    }

    package var isOff: Bool { maxRuntime == nil && slowerThan == nil && deadline == nil }

    /// These settings, with those of `other` for what they leave out.
    package func completed(by other: OverdueSettings) -> OverdueSettings {
        OverdueSettings(
            maxRuntime: maxRuntime ?? other.maxRuntime, slowerThan: slowerThan ?? other.slowerThan,
            deadline: deadline ?? other.deadline)
    }
}

/// `cost`: what an hour of training costs.
package struct CostSettings: Hashable, Sendable {
    /// An ISO 4217 code, as the config writes it.
    package let currency: String
    package let perHour: Double?

    package init(currency: String = "CNY", perHour: Double? = nil) {
        self.currency = currency
        self.perHour = perHour
    }
}

/// What an hour of training costs, where that is known.
package struct HourlyPrice: Hashable, Sendable {
    package let perHour: Double
    package let currency: String

    package init(perHour: Double, currency: String) {
        self.perHour = perHour
        self.currency = currency
    }
}

/// What a run has cost so far, or in all.
package struct Cost: Hashable, Sendable {
    /// Rounded to 0.01.
    package let amount: Double
    package let currency: String

    package init(amount: Double, currency: String) {
        self.amount = amount
        self.currency = currency
    }

    /// The cost of `runtime` at a price.
    ///
    /// - Returns: nil if there is no price, or the result is not a number that can be shown.
    package init?(of runtime: Duration, perHour: Double?, currency: String) {
        guard let perHour, runtime >= .zero else { return nil }
        let amount = (runtime.inSeconds / 3600 * perHour * 100).rounded() / 100
        guard amount.isFinite, amount < 1e15 else { return nil }
        self.init(amount: amount, currency: currency)
    }

    /// The cost of `runtime` at a price.
    ///
    /// - Returns: nil if the result is not a number that can be shown.
    package init?(of runtime: Duration, at price: HourlyPrice) {
        self.init(of: runtime, perHour: price.perHour, currency: price.currency)
    }

    /// For people: `CNY 147.00`.
    package var text: String {
        guard amount.isFinite, abs(amount) < 1e15 else { return "\(currency) ?" }
        let cents = Int64((abs(amount) * 100).rounded())
        let rest = cents % 100
        return "\(currency) \(amount < 0 ? "-" : "")\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// The members are a contract with receivers and scripts.
    package var json: JSONValue {
        .object(["amount": .number(amount), "currency": .string(currency)])
    }
}

/// One entry of `heartbeats`.
package struct HeartbeatSettings: Hashable, Sendable {
    /// What the service understands.
    package enum Kind: String, CaseIterable, Sendable {
        case plain
        case healthchecks
        case push
    }

    package let url: Secret
    package let every: Duration
    package let kind: Kind
    /// Whether each host of an installation sends it, in place of one of them.
    package let isOfEachHost: Bool

    package init(url: Secret, every: Duration, kind: Kind = .plain, isOfEachHost: Bool = false) {
        self.url = url
        self.every = every
        self.kind = kind
        self.isOfEachHost = isOfEachHost
    }
}
