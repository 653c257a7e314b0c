package import Model

/// The calls that one account may make in one region: a token bucket whose rate gives way to throttling.
///
/// Throttled, the rate is halved. It climbs back slowly at first, so that it settles near what the server grants, then
/// faster, so that the configured rate is back at most 75 seconds after the throttling ended. Quotas are counted per
/// minute and shared with the console and every other tool of the account (Alibaba Cloud, "OpenAPI throttling and
/// quota management").
package struct CallBudget: Sendable {
    package private(set) var settings: QuotaSettings
    /// The rate right after the last cut; it climbs from there.
    private var rateAfterCut: Double
    private var lastCut: MonotonicInstant?
    private var tokens: Double
    private var refilledAt: MonotonicInstant
    private var pausedUntil: MonotonicInstant?

    /// Cuts closer together than this are answers to the same burst and count as one.
    private static let cutsApart = Duration.seconds(1)
    /// From nothing to the configured rate, in seconds.
    private static let climb = 75.0
    /// The longest pause a server may ask for.
    private static let longestPause = Duration.seconds(900)
    /// While the rate climbs, the time of the next call is only an upper bound; so it is looked at this often.
    private static let lookAgain = Duration.seconds(1)

    package init(_ settings: QuotaSettings, at now: MonotonicInstant) {
        self.settings = settings
        rateAfterCut = settings.callsPerSecond
        tokens = Double(settings.burst)
        refilledAt = now
    }

    /// The same account under a new quota: what was spent stays spent, and a slow-down or pause stays in force.
    package mutating func change(to settings: QuotaSettings, at now: MonotonicInstant) {
        refill(at: now)
        let isSlowed = isSlowed(at: now)
        rateAfterCut = min(rateAfterCut, settings.callsPerSecond)
        if !isSlowed { lastCut = nil }
        self.settings = settings
        tokens = min(tokens, Double(settings.burst))
    }

    /// Calls per second that are allowed now.
    package func rate(at now: MonotonicInstant) -> Double {
        guard let lastCut else { return settings.callsPerSecond }
        let part = max(0, now.since(lastCut).inSeconds) / Self.climb
        return min(settings.callsPerSecond, rateAfterCut + settings.callsPerSecond * part * part)
    }

    /// Whether it is below the configured rate now.
    package func isSlowed(at now: MonotonicInstant) -> Bool {
        rate(at: now) < settings.callsPerSecond
    }

    /// Takes one token, where there is one and nobody asked for a pause.
    ///
    /// - Parameter ahead: a token that is not whole yet will do; the next one has to wait for longer then, so that the
    ///   rate stays what it is.
    package mutating func spend(ahead: Bool = false, at now: MonotonicInstant) -> Bool {
        refill(at: now)
        if let pausedUntil, now < pausedUntil { return false }
        guard tokens >= (ahead ? 0 : 1) else { return false }
        tokens -= 1
        return true
    }

    /// When a call may be made, if none is made before; never later than that, at times a little earlier.
    package func nextCall(after now: MonotonicInstant) -> MonotonicInstant {
        var copy = self
        copy.refill(at: now)
        if let pausedUntil, now < pausedUntil { return pausedUntil }
        guard copy.tokens < 1 else { return now }
        // A nanosecond more, so that rounding never wakes the loop just before the token is whole.
        let wait = Duration.seconds((1 - copy.tokens) / rate(at: now)) + .nanoseconds(1)
        return now.advanced(by: isSlowed(at: now) ? min(wait, Self.lookAgain) : wait)
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
        guard now > refilledAt else { return }
        tokens = min(Double(settings.burst), tokens + allowance(until: now) - allowance(until: refilledAt))
        refilledAt = now
    }

    /// How many calls the rate allows from the last cut until an instant: the integral of `rate`.
    private func allowance(until instant: MonotonicInstant) -> Double {
        let full = settings.callsPerSecond
        guard let lastCut else { return full * instant.since(refilledAt).inSeconds }
        let seconds = max(0, instant.since(lastCut).inSeconds)
        let secondsToFull = Self.climb * max(0, 1 - rateAfterCut / full).squareRoot()
        let climbing = min(seconds, secondsToFull)
        let part = climbing / Self.climb
        return rateAfterCut * climbing + full * climbing * part * part / 3 + full * (seconds - climbing)
    }
}
