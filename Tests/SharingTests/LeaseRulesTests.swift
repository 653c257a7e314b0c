import Model
import Sharing
import TestSupport
import Testing

/// The rules one by one, at given times.
@Suite struct LeaseRulesTests {
    private let scopes = (0..<5).map { Share.scope(AccountRegion(account: "a\($0)", region: "r-1")) }
    private var generator = SeededGenerator(seed: 7)

    private func at(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64(seconds * 1_000_000_000))
    }

    private func keeper(_ shares: [Share], grants: [Share] = [], at time: Double = 0) -> LeaseKeeper {
        var keeper = LeaseKeeper(owner: "me", wanting: Set(shares))
        keeper.connected(at: at(time))
        keeper.took(grants.map { Grant(share: $0, epoch: 1, tokens: nil) }, sent: at(time))
        return keeper
    }

    @Test mutating func aLeaseIsTrustedFromWhenItsRenewalWasSent() {
        var keeper = keeper([.upkeep], grants: [.upkeep])
        #expect(keeper.active(at: at(14.9)).keys.contains(.upkeep))
        #expect(keeper.active(at: at(15)).isEmpty)
        keeper.renewed([.upkeep: 1], confirmed: [.upkeep], sent: at(4), using: &generator)
        #expect(keeper.lease(of: .upkeep)?.end == at(19))
        // It has run out, and is asked for all the same.
        #expect(keeper.due(at: at(60)).renew == [.upkeep: 1])
        #expect(keeper.renewed([.upkeep: 1], confirmed: [], sent: at(60), using: &generator) == [.upkeep])
        #expect(keeper.due(at: at(70)).renew == [:])
    }

    @Test mutating func onAnotherTimelineOfTheDatabaseAllWorkIsFinishedAndTakenAnew() {
        let shares: [Share] = [.upkeep, scopes[3]]
        var keeper = keeper(shares, grants: shares)
        for (second, timeline) in [(1, nil), (2, "0000000A"), (3, "0000000A"), (4, nil), (5, "0000000A")] {
            keeper.answered(on: timeline, at: at(Double(second)))
            #expect(keeper.active(at: at(Double(second))).count == 2, "\(second)")
        }
        keeper.renewed([.upkeep: 1, scopes[3]: 1], confirmed: Set(shares), sent: at(6), using: &generator)
        keeper.answered(on: nil, at: at(6))
        keeper.answered(on: "0000000D", at: at(6))
        #expect(keeper.active(at: at(6)).isEmpty)
        #expect(keeper.draining == Set(shares), "what is under way is finished, and nobody else begins it meanwhile")
        #expect(keeper.due(at: at(10)).giveBack.isEmpty)
        #expect(keeper.due(at: at(10)).renew == [.upkeep: 1, scopes[3]: 1])
        for share in shares { keeper.drained(share) }
        let due = keeper.due(at: at(11))
        #expect(due.giveBack == [.upkeep: 1, scopes[3]: 1])
        keeper.gaveBack(due.giveBack.keys)
        let free = SharingView(
            leases: [.upkeep: .init(owner: nil, isFree: true), scopes[3]: .init(owner: nil, isFree: true)],
            hosts: ["me": Set(shares)])
        #expect(Set(keeper.picks(free, at: at(11), using: &generator)) == Set(shares))
    }

    @Test mutating func theFirstLookAfterAConnectionTakesNothingFromOthers() {
        var keeper = keeper(scopes, at: 100)
        let view = SharingView(
            leases: [
                scopes[0]: .init(owner: "gone", isFree: true), scopes[1]: .init(owner: nil, isFree: true),
                scopes[2]: .init(owner: "other", isFree: false),
            ], hosts: ["me": Set(scopes)])
        #expect(Set(keeper.picks(view, at: at(101), using: &generator)) == [scopes[1], scopes[3], scopes[4]])
        #expect(!keeper.picks(view, at: at(103), using: &generator).contains(scopes[0]))
        #expect(keeper.picks(view, at: at(105), using: &generator).contains(scopes[0]))
        // Nor does the first look after a while in which the database did not answer.
        #expect(!keeper.picks(view, at: at(500), using: &generator).contains(scopes[0]))
        for second in 501...505 {
            let picks = keeper.picks(view, at: at(Double(second)), using: &generator)
            #expect(picks.contains(scopes[0]) == (second == 505))
            #expect(!picks.contains(scopes[2]))
        }
    }

    @Test mutating func nobodyTakesOrKeepsMoreThanTheFairShare() {
        let all = Set(scopes)
        var keeper = keeper(scopes, grants: scopes)
        let view = SharingView(
            leases: Dictionary(uniqueKeysWithValues: scopes.map { ($0, .init(owner: "me", isFree: false)) }),
            hosts: ["me": all, "b": all])
        #expect(keeper.picks(view, at: at(10), using: &generator).isEmpty)
        // Three of five for each of two; the latest go first, and not before they are finished.
        #expect(keeper.active(at: at(10)).keys.sorted() == Array(scopes[..<3]))
        #expect(keeper.draining == Set(scopes[3...]))
        #expect(keeper.due(at: at(10)).giveBack.isEmpty)
        #expect(keeper.lease(of: scopes[4])?.epoch == 1)
        keeper.drained(scopes[4])
        keeper.drained(scopes[0])
        #expect(keeper.due(at: at(10)).giveBack == [scopes[4]: 1])
        keeper.gaveBack([scopes[4]])
        #expect(keeper.lease(of: scopes[4]) == nil)
    }

    @Test mutating func hostsWithDifferentConfigs() {
        // Only this host names the first two; the other three are for three hosts.
        let shared = Set(scopes[2...])
        var keeper = keeper(scopes)
        let view = SharingView(hosts: ["me": Set(scopes), "b": shared, "c": shared])
        let picks = keeper.picks(view, at: at(10), using: &generator)
        #expect(picks.count == 3)
        #expect(Set(picks).isSuperset(of: scopes[..<2]))
    }

    @Test mutating func aHostThatStopsNamesAndTakesNothing() {
        var keeper = keeper(scopes, grants: [scopes[0]])
        keeper.stop(at: at(5))
        #expect(keeper.named.isEmpty)
        #expect(keeper.active(at: at(5)).isEmpty)
        #expect(!keeper.due(at: at(6)).look)
        // A grant that was on its way goes back, too.
        keeper.took([Grant(share: scopes[1], epoch: 4, tokens: nil)], sent: at(5))
        #expect(keeper.draining == [scopes[0], scopes[1]])
        for share in scopes[...1] { keeper.drained(share) }
        #expect(!keeper.isFinished)
        keeper.gaveBack(scopes[...1])
        #expect(keeper.isFinished)
    }

    @Test mutating func whatCannotBeFinishedRunsOut() {
        var keeper = keeper([scopes[0]], grants: [scopes[0]])
        keeper.want([], at: at(1))
        #expect(keeper.due(at: at(30)).renew == [scopes[0]: 1])
        #expect(keeper.due(at: at(31)).renew == [:])
    }

    @Test func theDatabasesClock() {
        var clock = DatabaseClock()
        #expect(clock.wall(at: at(1)) == nil)
        func measure(_ wall: Int64, _ sent: Double, _ received: Double) {
            clock.measured(Timestamp(milliseconds: wall), sent: at(sent), received: at(received))
        }
        measure(1_000_000, 10, 12)
        #expect(clock.wall(at: at(11)) == Timestamp(milliseconds: 1_000_000))
        // A quicker answer says it better, and a slower one changes nothing.
        measure(1_004_100, 15, 15.2)
        #expect(clock.wall(at: at(15.1)) == Timestamp(milliseconds: 1_004_100))
        measure(1_009_000, 20, 22)
        #expect(clock.wall(at: at(20.1)) == Timestamp(milliseconds: 1_009_100))
        // It was set by a day.
        measure(87_409_000, 23, 24)
        #expect(clock.wall(at: at(23.5)) == Timestamp(milliseconds: 87_409_000))
        measure(.max, 25, 25)
        #expect(clock.wall(at: at(1e9)) == Timestamp(milliseconds: .max))
    }
}
