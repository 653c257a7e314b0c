import Daemon
import Model
import Synchronization
import TestSupport

/// Milliseconds since a run began.
typealias Millis = Int64

extension Millis {
    static let second: Millis = 1000
    static let minute: Millis = 60 * second
    static let hour: Millis = 60 * minute
    static let day: Millis = 24 * hour

    /// The same on the wall.
    var timestamp: Timestamp { Timestamp(milliseconds: Period.current.begin + self) }
}

extension Timestamp {
    var sinceBegin: Millis { milliseconds - Period.current.begin }
}

extension Duration {
    var millis: Millis { wholeMilliseconds }
}

/// The clocks of the host: they stand until they are set, the one on the wall apart from the other.
final class VirtualClock: TimeSource {
    private let time = Mutex<(true: Millis, ahead: Millis)>((0, 0))

    /// The true time.
    var millis: Millis { time.withLock { $0.true } }

    func set(_ millis: Millis) { time.withLock { $0.true = millis } }

    /// By how much the wall clock is ahead of the true time from now on.
    func setAhead(_ ahead: Millis) { time.withLock { $0.ahead = ahead } }

    /// How far the API's clock, which is right, is from the host's: the API refuses calls that are dated further off than a
    /// quarter of an hour, so that much becomes known.
    var knownOffset: Duration {
        let ahead = time.withLock { $0.ahead }
        return abs(ahead) > 15 * .minute ? .milliseconds(-ahead) : .zero
    }

    func now() -> Moment {
        let (millis, ahead) = time.withLock { $0 }
        return Moment(
            monotonic: MonotonicInstant(nanoseconds: (millis + 5_000_000) * 1_000_000),
            wall: (millis + ahead).timestamp)
    }
}

/// A repeatable random number generator (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var generator: SeededGenerator

    /// - Parameter stream: numbers of different streams of one seed have nothing to do with one another.
    init(seed: UInt64, stream: UInt64 = 0) {
        generator = SeededGenerator(seed: seed &* 0xD134_2543_DE82_EF95 &+ stream &* 0xAF25_1AF3_B0F0_25B5)
    }

    mutating func next() -> UInt64 { generator.next() }

    mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &self) < probability
    }

    mutating func millis(_ range: ClosedRange<Millis>) -> Millis {
        Millis.random(in: range, using: &self)
    }

    mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &self)]
    }
}
