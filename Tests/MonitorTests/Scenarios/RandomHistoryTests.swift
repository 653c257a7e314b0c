import Model
import Monitor
import TestSupport
import Testing

/// Many operations in any order, and what must hold whatever comes. A seed that fails is a run that can be repeated.
struct RandomHistoryTests {
    @Test(arguments: 0..<16 as Range<UInt64>)
    func `whatever happens, the rules hold`(seed: UInt64) {
        var chaos = Chaos(seed: seed)
        chaos.run()
        #expect(chaos.lab.faults.isEmpty, "seed \(seed): \(chaos.lab.faults.prefix(3))")
        for fault in chaos.faults() { Issue.record("seed \(seed): \(fault)") }
    }
}

/// A lab whose clusters live and fail at random, with restarts, reloads, full disks and stepping clocks.
private struct Chaos {
    var lab: Lab
    private var random: SeededGenerator
    private let world: World
    private let everybody: [WatchedCluster]
    private var lastChange = Duration.zero

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed &* 7919 &+ 1)
        everybody =
            (0..<Int.random(in: 2...12, using: &random)).map { cluster("a\($0)") }
            + (0..<Int.random(in: 1...3, using: &random)).map { cluster("x\($0)", in: abroad, poll: .seconds(45)) }
        world = World(everybody.map(\.id), seed: seed)
        let quota = QuotaSettings(
            callsPerSecond: [0.5, 2, 20].randomElement(using: &random) ?? 2,
            burst: Int.random(in: 1...5, using: &random))
        lab = Lab(settings(everybody, quota: quota), seed: seed) { [world] in world.answer($0, at: $1) }
        lab.latency = { random in .milliseconds(Int64.random(in: 0...9000, using: &random)) }
        lab.disk = { [world] in !world.isDiskFull(at: $0) }
    }

    mutating func run() {
        for _ in 0..<120 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0: lab.restart(after: .seconds(Int.random(in: 0...4000, using: &random)))
            case 1: reload()
            case 2: lab.stepWallClock(by: .seconds(Int.random(in: -100_000...100_000, using: &random)))
            case 3: _ = lab.poll(everybody.randomElement(using: &random)?.id ?? "a0")
            case 4: _ = lab.savePollTimes()
            default: lab.run(for: .seconds(Double.random(in: 0.1...900, using: &random)))
            }
        }
        // In the end all is well for long enough: then everything must be known.
        world.calm(from: lab.elapsed)
        lab.reload(settings(everybody))
        lab.run(for: .seconds(4 * 1800))
    }

    private mutating func reload() {
        var watched = everybody.filter { _ in Int.random(in: 0..<6, using: &random) > 0 }
        watched.shuffle(using: &random)
        lab.reload(
            settings(watched, quota: QuotaSettings(callsPerSecond: [1, 2, 5].randomElement(using: &random) ?? 2)))
    }

    func faults() -> [String] {
        var faults: [String] = []
        for (index, event) in lab.events.enumerated() where event.kind.isStatusChange {
            guard let to = event.to,
                event.kind == .gone || world.said(to, by: event.cluster) || event.sighting == .inferred
            else {
                faults.append("\(event) was never said")
                continue
            }
            let before = lab.events[..<index].last { $0.cluster == event.cluster && $0.kind.isStatusChange }
            if before == nil, event.from != nil { faults.append("\(event) comes from nowhere") }
        }
        for scope in [nil] + everybody.map({ Optional($0.id) }) {
            for account in ["default", "other"] {
                let reported = lab.events.filter {
                    $0.cluster == scope && $0.account == account
                        && ($0.kind == .pollFailing || $0.kind == .pollRecovered)
                }
                for (index, event) in reported.enumerated()
                where event.kind != (index % 2 == 0 ? .pollFailing : .pollRecovered) {
                    faults.append("\(event.kind) out of turn for \(String(describing: scope)) of \(account)")
                }
                if reported.last?.kind == .pollFailing { faults.append("\(String(describing: scope)) never recovered") }
            }
        }
        for id in everybody.map(\.id) {
            let last = lab.calls.last { $0.cluster == id }?.at ?? .zero
            if lab.elapsed - last > .seconds(1990) { faults.append("\(id) starves") }
            let known = lab.stored[id]
            let truth = ClusterStatus(world.status(of: id, at: lab.elapsed))
            if known?.status != truth {
                faults.append("\(id) is \(truth), known as \(String(describing: known?.status))")
            }
            if known?.isPollFailing ?? true { faults.append("\(id) is still failing") }
        }
        if lab.storedScopes.values.contains(where: { $0.failingSince != nil }) {
            faults.append("an account still fails")
        }
        return faults
    }
}

/// The clusters as they truly are, and the weather between them and the monitor.
private final class World {
    private var statuses: [ClusterID: [(from: Duration, word: String)]] = [:]
    private var outages: [(from: Duration, to: Duration, scope: Character?, reason: FailureReason)] = []
    private var fullDisks: [(from: Duration, to: Duration)] = []
    private var random: SeededGenerator
    private var calmFrom: Duration?
    private var words: [ClusterID: Set<String>] = [:]

    init(_ clusters: [ClusterID], seed: UInt64) {
        random = SeededGenerator(seed: seed &+ 1000)
        let vocabulary = ["ACTIVATION", "COMPLETED", "FAILED", "CREATING", "ACTIVATION", "Stopping"]
        for id in clusters {
            var time = Duration.zero
            var life: [(Duration, String)] = []
            while time < .seconds(80_000) {
                life.append((time, vocabulary.randomElement(using: &random) ?? "ACTIVATION"))
                time += .seconds(Double.random(in: 20...9000, using: &random))
            }
            statuses[id] = life
        }
        let reasons: [FailureReason] = [.server, .network, .credentials, .throttled, .timeout, .malformed, .notFound]
        for _ in 0..<12 {
            let from = Duration.seconds(Double.random(in: 0...60_000, using: &random))
            outages.append(
                (
                    from, from + .seconds(Double.random(in: 10...4000, using: &random)),
                    [nil, "a", "x"].randomElement(using: &random) ?? nil,
                    reasons.randomElement(using: &random) ?? .server
                ))
            let full = Duration.seconds(Double.random(in: 0...60_000, using: &random))
            fullDisks.append((full, full + .seconds(Double.random(in: 1...500, using: &random))))
        }
    }

    func calm(from: Duration) {
        calmFrom = from
    }

    func status(of id: ClusterID, at time: Duration) -> String {
        // In the end nothing changes any more.
        let time = min(time, calmFrom ?? time)
        return statuses[id]?.last { $0.from <= time }?.word ?? "ACTIVATION"
    }

    func answer(_ id: ClusterID, at time: Duration) -> Reply {
        if calmFrom == nil {
            for outage in outages where outage.from <= time && time < outage.to {
                if outage.scope == nil || outage.scope == id.rawValue.first { return .failure(outage.reason) }
            }
            switch Int.random(in: 0..<100, using: &random) {
            case 0: return .server
            case 1: return .throttled
            case 2: return .notFound
            case 3: return .failure(.timeout)
            default: break
            }
            // Some clusters are unknown to the API for a while.
            if id.rawValue.hasSuffix("1"), Int(time.inSeconds) / 7000 % 3 == 1 { return .notFound }
        }
        let word = status(of: id, at: time)
        words[id, default: []].insert(word)
        return .status(word)
    }

    func isDiskFull(at time: Duration) -> Bool {
        calmFrom == nil && fullDisks.contains { $0.from <= time && time < $0.to }
    }

    func said(_ status: ClusterStatus, by id: ClusterID?) -> Bool {
        id.flatMap { words[$0] }?.contains(status.rawValue) ?? false
    }
}
