import Model
import Sharing
import TestSupport
import Testing

/// Hosts that die, freeze, are cut off, come and go: nothing is done by two, and nothing by nobody for long.
@Suite struct SharedWorkTests {
    private static let scopes = (0..<5).map { Share.scope(AccountRegion(account: "a\($0)", region: "cn-beijing")) }
    private static let targets = (0..<4).map { Share.targets("t\($0)") }
    private static var all: Set<Share> { Set(scopes + targets + [.upkeep]) }

    private func started(_ seed: UInt64, hosts: Int = 3) -> SharedWork {
        var world = SharedWork(seed: seed)
        for number in 0..<hosts { world.start("h\(number)", Self.all) }
        return world
    }

    /// Runs on, and looks at every step whether two act on the same.
    private func run(_ world: inout SharedWork, for duration: Duration, also check: (SharedWork) -> Void = { _ in }) {
        let end = world.time + duration.wholeMilliseconds
        while world.time < end {
            world.advance()
            let doubled = world.actors().filter { $0.value.count > 1 }
            if !doubled.isEmpty { Issue.record("at \(world.time) ms: \(doubled)") }
            check(world)
        }
    }

    private func held(_ world: SharedWork, by name: String, _ kind: Share.Kind) -> Int {
        guard let host = world.hosts[name] else { return 0 }
        return host.keeper.active(at: world.monotonic(host, world.time)).keys.count { $0.kind == kind }
    }

    private func expectFair(_ world: SharedWork, _ names: [String], _ comment: Comment) {
        for (kind, shares) in [(Share.Kind.scope, Self.scopes.count), (.targets, Self.targets.count), (.upkeep, 1)] {
            for name in names {
                let limit = (shares + names.count - 1) / names.count
                #expect(held(world, by: name, kind) <= limit, "\(name), \(kind), \(comment)")
            }
        }
        for share in Self.all { #expect(world.actors(on: share).count == 1, "\(share.name), \(comment)") }
    }

    @Test(arguments: 1...8) func everythingIsDoneByExactlyOneAndFairly(_ seed: UInt64) {
        var world = started(seed)
        run(&world, for: .seconds(30))
        expectFair(world, ["h0", "h1", "h2"], "after the start")
    }

    @Test(arguments: 1...8) func aHostThatDiesIsReplaced(_ seed: UInt64) {
        var world = started(seed)
        run(&world, for: .seconds(30))
        let name = "h\(seed % 3)"
        world.hosts[name]?.diesAt = world.time
        run(&world, for: .seconds(16))
        for share in Self.all { #expect(world.actors(on: share).count == 1, "\(share.name)") }
        run(&world, for: .seconds(29))
        expectFair(world, ["h0", "h1", "h2"].filter { $0 != name }, "after a death")
    }

    @Test(arguments: 1...8) func aHostThatFreezesHasLostItsShareWhenItThaws(_ seed: UInt64) {
        var world = started(seed)
        run(&world, for: .seconds(30))
        let name = "h\(seed % 3)"
        let before = Set(Self.all.filter { world.actors(on: $0) == [name] })
        #expect(!before.isEmpty)
        world.hosts[name]?.frozenUntil = world.time + 25_000
        run(&world, for: .seconds(16))
        for share in Self.all { #expect(world.actors(on: share).count == 1, "\(share.name)") }
        run(&world, for: .seconds(60))
        expectFair(world, ["h0", "h1", "h2"], "after the thaw")
    }

    @Test(arguments: 1...8) func aHostThatIsCutOffStopsByItself(_ seed: UInt64) {
        var world = started(seed)
        run(&world, for: .seconds(30))
        let name = "h\(seed % 3)"
        world.hosts[name]?.cutOffUntil = world.time + 40_000
        run(&world, for: .seconds(16)) { _ in }
        #expect(Self.all.allSatisfy { !world.actors(on: $0).contains(name) })
        for share in Self.all { #expect(world.actors(on: share).count == 1, "\(share.name)") }
        run(&world, for: .seconds(70))
        expectFair(world, ["h0", "h1", "h2"], "after the cut")
    }

    @Test(arguments: 1...8) func aDatabaseThatIsAwayForAWhileChangesNothing(_ seed: UInt64) {
        var world = started(seed)
        run(&world, for: .seconds(30))
        let before = Dictionary(uniqueKeysWithValues: Self.all.map { ($0, world.actors(on: $0)) })
        for name in world.hosts.keys { world.hosts[name]?.cutOffUntil = world.time + 60_000 }
        run(&world, for: .seconds(16))
        #expect(Self.all.allSatisfy { world.actors(on: $0).isEmpty })
        // Everyone finds the database at about the same time: leases that ran out meanwhile are renewed by their owners.
        run(&world, for: .seconds(57))
        for share in Self.all { #expect(world.actors(on: share) == before[share], "\(share.name)") }
    }

    @Test(arguments: 1...8) func aHostThatStopsHandsOverInGoodOrder(_ seed: UInt64) {
        var world = started(seed)
        run(&world, for: .seconds(30))
        let name = "h\(seed % 3)"
        world.stop(name)
        var freeSince: [Share: Int64] = [:]
        var longest: Int64 = 0
        var isLeft = false
        run(&world, for: .seconds(20)) { world in
            for share in Self.all {
                let isFree = world.database.rows[share]?.owner == nil
                freeSince[share] = isFree ? freeSince[share] ?? world.time : nil
                longest = max(longest, world.time - (freeSince[share] ?? world.time))
            }
            isLeft = isLeft || world.hosts[name]?.hasLeft == true
        }
        #expect(isLeft)
        #expect(longest <= 2000)
        expectFair(world, ["h0", "h1", "h2"].filter { $0 != name }, "after the stop")
    }

    @Test(arguments: 1...8) func aHostThatComesGetsItsFairShare(_ seed: UInt64) {
        var world = started(seed, hosts: 1)
        world.longestDrain = 14_000
        run(&world, for: .seconds(15))
        #expect(held(world, by: "h0", .scope) == Self.scopes.count)
        world.start("h1", Self.all)
        run(&world, for: .seconds(45))
        expectFair(world, ["h0", "h1"], "45 s after a host came")
    }

    @Test(arguments: 1...10) func theDatabasesClockIsSetBack(_ seed: UInt64) {
        var world = started(seed)
        run(&world, for: .seconds(30))
        world.database.offset = -3_600_000
        world.hosts["h0"]?.diesAt = world.time
        run(&world, for: .seconds(40))
        expectFair(world, ["h1", "h2"], "after the clock was set back")
    }

    /// Everything at once, over and over. Afterwards it is calm, and all is as it should be.
    @Test(arguments: 1...10) func chaos(_ seed: UInt64) {
        var world = started(seed, hosts: 4)
        var names = ["h0", "h1", "h2", "h3"]
        for round in 0..<40 {
            let name = names[Int.random(in: 0..<names.count, using: &world.generator)]
            switch Int.random(in: 0..<4, using: &world.generator) {
            case 0:
                world.hosts[name]?.diesAt = world.time
                names.removeAll { $0 == name }
                names.append("n\(round)")
                world.start("n\(round)", Self.all)
            case 1:
                world.hosts[name]?.frozenUntil = world.time + Int64.random(in: 100...30_000, using: &world.generator)
            case 2:
                world.hosts[name]?.cutOffUntil = world.time + Int64.random(in: 100...30_000, using: &world.generator)
            default:
                world.stop(name)
                names.removeAll { $0 == name }
                names.append("n\(round)")
                world.start("n\(round)", Self.all)
            }
            run(&world, for: .milliseconds(Int64.random(in: 100...12_000, using: &world.generator)))
        }
        run(&world, for: .seconds(100))
        expectFair(world, names, "after all of it")
    }
}
