import Foundation
import Model

/// The time that a run simulates: in most runs a week, in some a month, and in most of them clocks are changed somewhere.
struct Period: Sendable {
    /// On the wall: milliseconds since 1970-01-01T00:00:00Z.
    let begin: Int64
    let length: Millis
    /// Where the people are who are notified.
    let place: WallClock
    /// The change of their clocks that falls into it.
    let change: WallClock.Change?

    /// That of the run which the current task carries out.
    @TaskLocal static var current = Period(begin: Period.usualBegin, days: 7)

    /// 2026-11-24T00:00:00Z.
    private static let usualBegin: Int64 = 1_795_478_400_000
    private static let days = ProcessInfo.processInfo.environment["POLARAI_DAYS"].flatMap { Millis($0) }

    private init(begin: Int64, days: Millis) {
        self.begin = begin
        length = days * .day
        place = .utc
        change = nil
    }

    /// - Parameter days: nil: a week, or a month, or what the environment says.
    init(seed: UInt64, days: Millis? = nil) {
        var random = SeededRandom(seed: seed, stream: 13)
        length = max(3, Self.days ?? days ?? (seed % 20 == 7 ? 30 : 7)) * .day
        guard random.chance(0.8) else {
            begin = Self.usualBegin
            place = random.pick([.utc, .shanghai])
            change = nil
            return
        }
        place = random.pick(WallClock.changing)
        // From September 2026 on.
        let change = random.pick(place.changes.filter { $0.at > 1_788_220_800_000 })
        self.change = change
        begin = change.at - random.millis((12 * .hour)...(length - .day)) / .minute * .minute
    }
}
