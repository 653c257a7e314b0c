import Model
import Monitor
import Testing

/// What was over before we first looked is not news.
struct OldTasksTests {
    private let start = Lab.start.wall.milliseconds / 1000

    @Test(
        arguments: [
            (86_401, true), (86_399, false), (4_000_000, true), (60, false),
        ] as [(Int64, Bool)])
    func `a first answer whose end is more than a day old is marked`(ago: Int64, isOld: Bool) {
        let end = start - ago
        var lab = Lab(settings(clusters(1))) { _, _ in .run("FAILED", started: end - 100, completed: end) }
        lab.run(for: .seconds(1))
        #expect(lab.events.map(\.kind) == [.failed])
        #expect(lab.events.first?.sighting == .firstSeen)
        #expect(lab.events.first?.endedLongAgo == isOld)
        #expect(lab.unalerted.isEmpty, "a task that the config names is reported, if only in a digest")
    }

    @Test func `by the server's clock, not by the host's`() {
        let end = start - 3600
        var lab = Lab(settings(clusters(1))) { _, _ in .run("FAILED", started: end - 100, completed: end) }
        lab.serverTime = { Lab.start.wall.advanced(by: $0) }
        lab.stepWallClock(by: .seconds(4 * 86_400))
        lab.run(for: .seconds(1))
        #expect(lab.events.first?.endedLongAgo == false, "the host's clock is four days ahead")
    }

    @Test func `what is seen later is never marked`() {
        let end = start - 900_000
        var lab = Lab(settings(clusters(1))) { _, at in
            at < .seconds(100) ? .activation : .run("FAILED", started: end - 100, completed: end)
        }
        lab.run(for: .seconds(300))
        #expect(lab.events.map(\.endedLongAgo) == [false, false])
    }

    @Test(arguments: [true, false])
    func `a discovered task that ended before its instance was first listed is recorded, and nobody is alerted`(
        hasTime: Bool
    ) {
        let old = start - 7200
        var lab = Lab(discovering()) { id, at in
            switch id {
            case "pm-old": hasTime ? .run("FAILED", started: old - 10, completed: old) : .failed
            case "pm-new" where at > .seconds(300):
                .run("FAILED", started: old, completed: self.start + 200)
            default: .run("ACTIVATION", started: old)
            }
        }
        lab.lists = { _, page, at in
            .success(
                list(
                    [
                        listed("pm-old", "FAILED", completed: hasTime ? old : nil),
                        listed("pm-new", at > .seconds(300) ? "FAILED" : "ACTIVATION"),
                    ], page: page))
        }
        lab.run(for: .seconds(600))
        #expect(lab.kinds(of: "pm-old") == [.failed])
        #expect(lab.kinds(of: "pm-new") == [.started, .failed])
        #expect(lab.unalerted.map(\.cluster) == ["pm-old"])
        // Nor is anybody reminded of it later.
        #expect(lab.events.filter(\.endedLongAgo).map(\.cluster) == ["pm-old"])
        #expect(lab.storedInstances.map(\.key) == [parent])
    }

    @Test func `over a restart the first listing is remembered: what failed meanwhile is reported`() {
        let failed = start + 4000
        var lab = Lab(discovering()) { _, _ in .run("FAILED", started: failed - 10, completed: failed) }
        // Empty at first: nothing but the instance itself is known after it.
        lab.lists = { _, page, at in
            .success(list(at < .seconds(3000) ? [] : [listed("pm-a", "FAILED", completed: failed)], page: page))
        }
        lab.run(for: .seconds(1000))
        lab.restart(after: .seconds(9000))
        lab.run(for: .seconds(60))
        #expect(lab.events.map(\.kind) == [.failed])
        #expect(lab.unalerted.isEmpty)
        #expect(lab.storedInstances.count == 1)
    }
}
