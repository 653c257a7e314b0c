import Model
import Sharing
import TestSupport

/// Several hosts and their database in virtual time, one step each 100 ms. What a host asks takes time both ways, and may be
/// lost on either.
struct SharedWork {
    struct Host {
        var keeper: LeaseKeeper
        /// How far its monotonic clock is from true time.
        let clockOffset: Int64
        var diesAt: Int64?
        var frozenUntil: Int64 = 0
        var cutOffUntil: Int64 = 0
        var needsConnection = true
        /// What it has asked, until the answer is here.
        var call: Call?
        /// When what is being given back will be finished.
        var drains: [Share: Int64] = [:]
        var hasLeft = false
    }

    struct Call {
        let due: LeaseKeeper.Due
        let sent: Int64
        let reaches: Int64
        let returns: Int64
        var answer: Answer?
    }

    struct Answer {
        let confirmed: Set<Share>
        let view: SharingView
    }

    static let step: Int64 = 100
    /// How long an answer is waited for.
    private static let patience: Int64 = 6000

    var time: Int64 = 0
    var database: FakeDatabase
    var hosts: [String: Host] = [:]
    var generator: SeededGenerator
    /// Of finishing what is given back, in milliseconds.
    var longestDrain: Int64 = 2000
    /// One way, in milliseconds.
    var longestLatency: Int64 = 200

    init(seed: UInt64, terms: LeaseTerms = LeaseTerms()) {
        generator = SeededGenerator(seed: seed)
        database = FakeDatabase(terms)
    }

    mutating func start(_ name: String, _ wanted: Set<Share>) {
        hosts[name] = Host(
            keeper: LeaseKeeper(owner: name, wanting: wanted, terms: database.terms),
            clockOffset: Int64.random(in: -1_000_000_000...1_000_000_000, using: &generator))
    }

    func monotonic(_ host: Host, _ time: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: (time + host.clockOffset) * 1_000_000)
    }

    /// Who acts on what at this moment.
    func actors() -> [Share: [String]] {
        var actors: [Share: [String]] = [:]
        for (name, host) in hosts where isRunning(host) {
            for share in host.keeper.active(at: monotonic(host, time)).keys { actors[share, default: []].append(name) }
        }
        return actors
    }

    /// Who acts on a share at this moment.
    func actors(on share: Share) -> [String] { actors()[share] ?? [] }

    func isRunning(_ host: Host) -> Bool {
        host.diesAt.map { time < $0 } ?? true && time >= host.frozenUntil
    }

    mutating func stop(_ name: String) {
        guard let host = hosts[name] else { return }
        let now = monotonic(host, time)
        hosts[name]?.keeper.stop(at: now)
    }

    mutating func advance() {
        time += Self.step
        for name in hosts.keys.sorted() {
            guard var host = hosts[name] else { continue }
            serve(name, &host)
            if isRunning(host) { turn(name, &host) }
            hosts[name] = host
        }
    }

    /// What reaches the database is done there, whatever has become of the host.
    private mutating func serve(_ name: String, _ host: inout Host) {
        guard let call = host.call, call.answer == nil, call.reaches <= time else { return }
        // A cut that began meanwhile.
        guard time >= host.cutOffUntil else { return }
        if call.due.renew != nil, host.diesAt.map({ call.sent < $0 }) ?? true {
            database.beat(name, host.keeper.named, at: time)
        }
        let confirmed = call.due.renew.map { database.renew($0, name, at: time) } ?? []
        database.giveBack(call.due.giveBack, name)
        host.call?.answer = Answer(confirmed: confirmed, view: database.view(at: time))
    }

    private mutating func turn(_ name: String, _ host: inout Host) {
        let now = monotonic(host, time)
        if let call = host.call {
            if let answer = call.answer, call.returns <= time, time >= host.cutOffUntil {
                host.call = nil
                finish(name, &host, call, answer)
            } else if time - call.sent > Self.patience {
                // What was asked may still reach the database, or not: the host does not know.
                host.call = nil
                host.needsConnection = true
            }
            return
        }
        guard time >= host.cutOffUntil else { return }
        if host.needsConnection {
            host.needsConnection = false
            host.keeper.connected(at: now)
        }
        for share in host.keeper.draining.sorted() where host.drains[share] == nil {
            host.drains[share] = time + Int64.random(in: 0...longestDrain, using: &generator)
        }
        for (share, end) in host.drains where end <= time {
            host.keeper.drained(share)
            host.drains[share] = nil
        }
        if host.keeper.isFinished, !host.hasLeft {
            database.leave(name)
            host.hasLeft = true
        }
        guard !host.hasLeft else { return }
        let due = host.keeper.due(at: now)
        guard !due.isNothing else { return }
        let there = Int64.random(in: 0...longestLatency, using: &generator)
        let back = Int64.random(in: 0...longestLatency, using: &generator)
        host.call = Call(due: due, sent: time, reaches: time + there, returns: time + there + back)
    }

    private mutating func finish(_ name: String, _ host: inout Host, _ call: Call, _ answer: Answer) {
        let (sent, now) = (monotonic(host, call.sent), monotonic(host, time))
        if let asked = call.due.renew {
            host.keeper.renewed(asked, confirmed: answer.confirmed, sent: sent, using: &generator)
        }
        host.keeper.gaveBack(call.due.giveBack.keys)
        if call.due.look {
            let picks = host.keeper.picks(answer.view, at: now, using: &generator)
            host.keeper.took(database.take(picks, name, at: time), sent: now)
        }
    }
}
