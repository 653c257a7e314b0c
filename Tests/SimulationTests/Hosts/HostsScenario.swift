import Model
import Sharing

/// What goes wrong with the hosts of a run, and when.
struct HostsScenario {
    enum Fault: CaseIterable, Sendable {
        case crash, freeze, cut, stop, databaseAway, allCrash
    }

    /// A time in which hosts fail: between two of them all is well for hours.
    struct Storm {
        let span: Range<Millis>
        let faults: [(at: Millis, kind: Fault, host: Int, length: Millis)]
        let crashRate: Double
        let lossRate: Double
    }

    let world: Scenario
    let hosts: Int
    let terms: LeaseTerms
    let storms: [Storm]

    /// All times of leases are so many times as long as in the product: that saves most of the work, for what matters is how
    /// they stand to one another.
    static let factor = 20

    /// The terms of the daemon, longer.
    private static let longer = LeaseTerms(
        duration: .seconds(13 * factor), renewEvery: .seconds(3 * factor), lookEvery: .milliseconds(1500 * factor),
        patience: .seconds(5 * factor), drainLimit: .seconds(30 * factor))

    /// So long before a lease ends nothing new begins; twice as long before, what is under way is ended.
    static let margin = Duration.seconds(factor)

    /// A host that serves a target looks for what others have stored; with the spread of that, and the way there and back.
    static let newsTakes = longer.lookEvery.millis * 11 / 10 + .second

    /// When everything is fairly divided again after a storm.
    static let settling = Millis(45 * factor) * .second + 12 * .minute

    /// After a connection that was not made.
    static let pause = Millis(factor) * .second / 2

    init(seed: UInt64) {
        world = Scenario(seed: seed, hasHosts: true)
        terms = Self.longer
        var random = SeededRandom(seed: seed, stream: 20)
        let hosts = random.pick([2, 2, 3])
        self.hosts = hosts
        let kinds = Fault.allCases.filter { _ in random.chance(0.6) }
        let crashRate = random.pick([0, 0.02, 0.05])
        let lossRate = random.pick([0, 0.05, 0.1])
        var storms: [Storm] = []
        var start = random.millis((10 * .minute)...(2 * .hour))
        while start < Scenario.quietFrom - .hour {
            let end = start + random.millis((5 * .minute)...(60 * .minute))
            let count = Int(random.millis(1...6))
            let faults = (0..<(kinds.isEmpty ? 0 : count)).map { _ in
                let at = random.millis(start...(end - .minute))
                // Shorter and longer than a lease.
                let length = min(random.millis(.second...random.pick([.minute, 20 * .minute])), end - at)
                return (
                    at: at, kind: random.pick(kinds), host: Int(random.millis(0...Millis(hosts - 1))), length: length
                )
            }
            storms.append(
                Storm(
                    span: start..<end, faults: faults.sorted { $0.at < $1.at }, crashRate: crashRate, lossRate: lossRate
                ))
            start = end + Self.settling + random.millis((40 * .minute)...(5 * .hour))
        }
        self.storms = storms
    }

    func storm(at time: Millis) -> Storm? { storms.first { $0.span.contains(time) } }

    /// When all hosts are well, and the work is divided.
    var calm: [Chronicle.Life] {
        var lives: [Chronicle.Life] = []
        var start = Self.settling
        for storm in storms {
            if start < storm.span.lowerBound { lives.append(Chronicle.Life(start: start, end: storm.span.lowerBound)) }
            start = storm.span.upperBound + Self.settling
        }
        return lives + [Chronicle.Life(start: start, end: Scenario.length)]
    }
}
