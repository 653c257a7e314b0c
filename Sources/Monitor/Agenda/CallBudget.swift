import Model

/// The calls that one account may make in one region: a token bucket whose rate gives way to throttling.
///
/// Throttled, the rate is cut to half of what was used in the last seconds, not of what is configured: an account that
/// used little of a high limit must not use more of it because it is throttled. It climbs back slowly at first, so that
/// it settles near what the server grants, then faster, but not above what was used before. The configured rate is back
/// 75 seconds after the throttling ended. Quotas are counted per minute and shared with the console and every other tool
/// of the account (Alibaba Cloud, "OpenAPI throttling and quota management").
struct CallBudget: Sendable {
    private(set) var settings: QuotaSettings
    private var slowdown: Slowdown?
    private var meter = CallMeter()
    private var tokens: Double
    private var refilledAt: MonotonicInstant
    private var pausedUntil: MonotonicInstant?

    /// Cuts closer together than this are answers to the same burst and count as one.
    private static let cutsApart = Duration.seconds(1)
    /// The longest pause a server may ask for.
    private static let longestPause = Duration.seconds(900)
    /// While the rate climbs, the time of the next call is only an upper bound; so it is looked at this often.
    private static let lookAgain = Duration.seconds(1)
    /// In calls per second. A cut never goes below it, so that the end of the throttling is noticed soon.
    private static let floor = 0.1

    /// - Parameter tokens: how many calls are left; nil: the burst.
    init(_ settings: QuotaSettings, tokens: Double? = nil, at now: MonotonicInstant) {
        self.settings = settings.bounded
        let burst = Double(self.settings.burst)
        self.tokens = tokens.map { $0.isFinite ? max(0, min($0, burst)) : 0 } ?? burst
        refilledAt = now
    }

    /// The same account under a new quota: what was spent stays spent, and a slow-down or pause stays in force.
    mutating func change(to settings: QuotaSettings, at now: MonotonicInstant) {
        refill(at: now)
        let settings = settings.bounded
        slowdown = isSlowed(at: now) ? slowdown?.bounded(by: settings.callsPerSecond) : nil
        self.settings = settings
        tokens = min(tokens, Double(settings.burst))
    }

    /// Calls per second that are allowed now.
    func rate(at now: MonotonicInstant) -> Double {
        min(settings.callsPerSecond, slowdown?.rate(at: now) ?? settings.callsPerSecond)
    }

    /// Whether it is below the configured rate now.
    func isSlowed(at now: MonotonicInstant) -> Bool {
        rate(at: now) < settings.callsPerSecond
    }

    /// How many calls could be made at once now; zero while a pause lasts.
    func available(at now: MonotonicInstant) -> Double {
        if let pausedUntil, now < pausedUntil { return 0 }
        var copy = self
        copy.refill(at: now)
        return max(0, copy.tokens)
    }

    /// Takes one token, if a whole one is there and nobody asked for a pause.
    mutating func spend(at now: MonotonicInstant) -> Bool {
        refill(at: now)
        if let pausedUntil, now < pausedUntil { return false }
        guard tokens >= 1 else { return false }
        tokens -= 1
        meter.note(at: now)
        return true
    }

    /// When a call may be made, if none is made before; never later than that, at times a little earlier.
    func nextCall(after now: MonotonicInstant) -> MonotonicInstant {
        var copy = self
        copy.refill(at: now)
        if let pausedUntil, now < pausedUntil { return pausedUntil }
        guard copy.tokens < 1 else { return now }
        // A nanosecond more, so that rounding never wakes the loop just before the token is whole.
        let wait = Duration.seconds((1 - copy.tokens) / rate(at: now)) + .nanoseconds(1)
        return now.advanced(by: isSlowed(at: now) ? min(wait, Self.lookAgain) : wait)
    }

    /// Cuts the rate and, if the server said how long, pauses: here the API's `Retry-After`, which `RetryAfter` of `PolarDB`
    /// reads, is obeyed. (That of a target: `Outbox+RetryAfter`.)
    mutating func slowDown(retryAfter: Duration?, at now: MonotonicInstant) {
        refill(at: now)
        if let retryAfter {
            let until = now.advanced(by: min(max(retryAfter, .zero), Self.longestPause))
            pausedUntil = max(pausedUntil ?? until, until)
        }
        if let slowdown, now.since(slowdown.began) < Self.cutsApart { return }
        let floor = min(Self.floor, settings.callsPerSecond)
        let used = min(rate(at: now), meter.rate(at: now))
        // Of a throttling that goes on: what was used before it began.
        let before = isSlowed(at: now) ? slowdown?.before ?? used : used
        slowdown = Slowdown(began: now, rate: max(used / 2, floor), before: max(before, floor))
        tokens = min(tokens, 0)
    }

    private mutating func refill(at now: MonotonicInstant) {
        guard now > refilledAt else { return }
        let full = settings.callsPerSecond
        var seconds = now.since(refilledAt).inSeconds
        var granted = 0.0
        if let slowdown {
            granted = slowdown.allowance(until: now) - slowdown.allowance(until: refilledAt)
            seconds = max(0, min(seconds, now.since(slowdown.end).inSeconds))
        }
        tokens = min(Double(settings.burst), tokens + granted + full * seconds)
        refilledAt = now
    }
}

/// How the rate of an account comes back after a cut.
private struct Slowdown: Sendable {
    let began: MonotonicInstant
    /// Calls per second right after the cut.
    let rate: Double
    /// Calls per second before the throttling began; the rate climbs no higher while this lasts.
    let before: Double

    /// In seconds.
    private static let length = 75.0

    var end: MonotonicInstant { began.advanced(by: .seconds(Self.length)) }

    /// - Returns: nil once it is over.
    func rate(at now: MonotonicInstant) -> Double? {
        let seconds = max(0, now.since(began).inSeconds)
        guard seconds < Self.length else { return nil }
        let part = seconds / Self.length
        return min(before, rate + before * part * part)
    }

    func bounded(by limit: Double) -> Slowdown {
        Slowdown(began: began, rate: min(rate, limit), before: min(before, limit))
    }

    /// How many calls it allows from its beginning until an instant: the integral of the rate.
    func allowance(until instant: MonotonicInstant) -> Double {
        let seconds = min(max(0, instant.since(began).inSeconds), Self.length)
        let climbing = min(seconds, Self.length * max(0, 1 - rate / before).squareRoot())
        let part = climbing / Self.length
        return rate * climbing + before * climbing * part * part / 3 + before * (seconds - climbing)
    }
}

extension QuotaSettings {
    /// With numbers that can be reckoned with, whatever the config says.
    fileprivate var bounded: QuotaSettings {
        var bounded = self
        bounded.callsPerSecond = callsPerSecond >= 0.0001 ? min(callsPerSecond, 1_000_000) : 0.0001
        bounded.burst = min(max(burst, 1), 1_000_000)
        return bounded
    }
}
