package import Model

/// The calls that one account may make in one region: a token bucket whose rate gives way to throttling.
///
/// Throttled, the rate is halved and climbs back in a straight line to the configured one within a minute: quotas are
/// counted per minute and shared with the console and every other tool of the account (Alibaba Cloud, "OpenAPI
/// throttling and quota management").
package struct CallBudget: Sendable {
    package let settings: QuotaSettings
    /// The rate right after the last cut; it climbs from there.
    private var rateAfterCut: Double
    private var lastCut: MonotonicInstant?
    private var tokens: Double
    private var refilledAt: MonotonicInstant
    private var pausedUntil: MonotonicInstant?

    /// Cuts closer together than this are answers to the same burst and count as one.
    private static let cutsApart = Duration.seconds(1)
    /// From nothing to the configured rate.
    private static let climb = 60.0
    /// The longest pause a server may ask for.
    private static let longestPause = Duration.seconds(900)

    package init(_ settings: QuotaSettings, at now: MonotonicInstant) {
        self.settings = settings
        rateAfterCut = settings.callsPerSecond
        tokens = Double(settings.burst)
        refilledAt = now
    }

    /// Calls per second that are allowed now.
    package func rate(at now: MonotonicInstant) -> Double {
        guard let lastCut else { return settings.callsPerSecond }
        let climbed = settings.callsPerSecond * max(0, now.since(lastCut).inSeconds) / Self.climb
        return min(settings.callsPerSecond, rateAfterCut + climbed)
    }

    /// Whether it is below the configured rate now.
    package func isSlowed(at now: MonotonicInstant) -> Bool {
        rate(at: now) < settings.callsPerSecond
    }

    /// Takes one token, where there is one and nobody asked for a pause.
    package mutating func spend(at now: MonotonicInstant) -> Bool {
        refill(at: now)
        if let pausedUntil, now < pausedUntil { return false }
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    /// When the next call may be made, if none is made before.
    package func nextCall(after now: MonotonicInstant) -> MonotonicInstant {
        var copy = self
        copy.refill(at: now)
        var next = now
        if copy.tokens < 1 {
            // A nanosecond more, so that rounding never wakes the loop just before the token is whole.
            next = now.advanced(by: .seconds((1 - copy.tokens) / rate(at: now)) + .nanoseconds(1))
        }
        return max(next, pausedUntil ?? next)
    }

    /// Halves the rate and, where the server said how long, pauses.
    package mutating func slowDown(retryAfter: Duration?, at now: MonotonicInstant) {
        refill(at: now)
        if let retryAfter {
            let until = now.advanced(by: min(max(retryAfter, .zero), Self.longestPause))
            pausedUntil = max(pausedUntil ?? until, until)
        }
        if let lastCut, now.since(lastCut) < Self.cutsApart { return }
        rateAfterCut = max(rate(at: now) / 2, floor)
        lastCut = now
        tokens = min(tokens, 0)
    }

    /// Never so slow that an end of the throttling would go unnoticed for long.
    private var floor: Double {
        max(settings.callsPerSecond / 32, min(settings.callsPerSecond, 0.1))
    }

    private mutating func refill(at now: MonotonicInstant) {
        let elapsed = now.since(refilledAt).inSeconds
        guard elapsed > 0 else { return }
        tokens = min(Double(settings.burst), tokens + elapsed * rate(at: now))
        refilledAt = now
    }
}
