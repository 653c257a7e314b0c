import Model
import Sharing
import Systemd
import Testing

@testable import Daemon

/// What a host makes of what it knows of the others.
struct MembershipViewTests {
    private func entry(_ owner: String, targets: [String] = [], config: [String: String] = [:]) -> HostEntry {
        HostEntry(
            owner: owner, host: "host-\(owner)", pid: 7, version: "1", shares: [.upkeep, .targets("chat")],
            targets: targets, config: config)
    }

    private func listed(_ entry: HostEntry, isAlive: Bool = true) -> ListedHost {
        ListedHost(
            entry: entry, startedAt: Timestamp(milliseconds: 0), lastSeenAt: Timestamp(milliseconds: 0),
            isAlive: isAlive, holds: [])
    }

    private func at(_ seconds: Int64) -> MonotonicInstant { MonotonicInstant(nanoseconds: seconds * 1_000_000_000) }

    @Test func `what another host names may be sent to, and for a minute after it has gone`() {
        var view = MembershipView(entry: entry("me", targets: ["chat"]))
        view.note([listed(view.entry), listed(entry("other", targets: ["pager"]))], at: at(0))
        #expect(view.targetsOfOthers == ["pager"])
        #expect(!view.isSettled(at: at(59)) && view.isSettled(at: at(60)))
        view.note([listed(view.entry)], at: at(59))
        #expect(view.targetsOfOthers == ["pager"])
        view.note([listed(view.entry)], at: at(60))
        #expect(view.targetsOfOthers.isEmpty)
        view.note([listed(entry("dead", targets: ["old"]), isAlive: false)], at: at(61))
        #expect(view.targetsOfOthers.isEmpty)
    }

    @Test func `a lease lives under its own number until shortly before its end`() {
        var view = MembershipView(entry: entry("me"))
        let lease = Lease(share: .upkeep, epoch: 4, end: at(10))
        #expect(!view.leases.lives(lease, for: .seconds(2), at: at(0)))
        view.leases.active[.upkeep] = lease
        #expect(view.leases.lives(lease, for: .seconds(2), at: at(7)))
        #expect(!view.leases.lives(lease, for: .seconds(2), at: at(8)))
        #expect(!view.leases.lives(Lease(share: .upkeep, epoch: 3, end: at(99)), for: .seconds(2), at: at(0)))
        view.leases.active = [:]
        view.leases.givingBack[.upkeep] = lease
        #expect(view.leases.lives(lease, for: .seconds(2), at: at(7)), "what is finished is committed under it, too")
    }

    @Test func `what somebody has to act on is news, and what goes on as it was is none`() {
        var view = MembershipView(entry: entry("me"))
        func isNews(_ change: (inout MembershipView) -> Void) -> Bool {
            let before = view
            change(&view)
            return view.isNews(after: before)
        }
        func lease(_ epoch: Int64, end: Int64) -> Lease { Lease(share: .upkeep, epoch: epoch, end: at(end)) }
        #expect(!isNews { _ in })
        #expect(isNews { $0.leases.active[.upkeep] = lease(1, end: 10) })
        #expect(!isNews { $0.leases.active[.upkeep] = lease(1, end: 13) }, "a renewal")
        #expect(isNews { $0.leases.active[.upkeep] = lease(2, end: 13) })
        #expect(isNews { $0.leases.givingBack[.upkeep] = lease(2, end: 13) })
        #expect(isNews { $0.trouble = "away" })
        #expect(isNews { $0.trouble = nil })
        #expect(isNews { $0.changes = ChangeCount(newestEvent: 7, retries: 0, rules: 0) })
        #expect(isNews { $0.changes = ChangeCount(newestEvent: 7, retries: 0, rules: 1) })
        #expect(isNews { $0.note([listed(entry("other"))], at: at(1)) })
        #expect(!isNews { $0.note([listed(entry("other"))], at: at(4)) }, "seen again")
        #expect(isNews { $0.note([listed(entry("other", config: ["routes": "1"]))], at: at(5)) })
        #expect(isNews { $0.note([listed(entry("other", config: ["routes": "1"]), isAlive: false)], at: at(6)) })
        #expect(isNews { $0.newerSchema = 99 })
    }

    @Test func `a loop is woken shortly before the first of its leases ends`() {
        var view = MembershipView(entry: entry("me"))
        let (first, second) = (
            Lease(share: .upkeep, epoch: 1, end: at(10)), Lease(share: .targets("chat"), epoch: 1, end: at(9))
        )
        #expect(view.leases.firstEnd(of: [], reserve: .seconds(2)) == nil)
        #expect(view.leases.firstEnd(of: [first, second], reserve: .seconds(2)) == at(7))
        view.leases.active[.targets("chat")] = Lease(share: .targets("chat"), epoch: 1, end: at(20))
        #expect(view.leases.firstEnd(of: [first, second], reserve: .seconds(2)) == at(8), "it was renewed")
    }

    @Test func `the keys in which configs differ are named once a difference, and no values`() {
        var view = MembershipView(entry: entry("me", config: ["routes": "1a", "targets": "2b", "schedule": "3c"]))
        var differences = ConfigDifferences()
        #expect(differences.news(of: view).isEmpty)
        func look(_ config: [String: String], seconds: Int64) -> [String] {
            view.note([listed(view.entry), listed(entry("other", config: config))], at: at(seconds))
            return differences.news(of: view).map(\.message)
        }
        let first = look(["routes": "9z", "targets": "2b", "schedule": "8y"], seconds: 1)
        #expect(first.count == 1)
        #expect(first.first?.contains("host-other (pid 7)") == true)
        #expect(first.first?.contains("in: routes, schedule.") == true)
        #expect(first.first?.contains("9z") == false)
        #expect(look(["routes": "7x", "targets": "2b", "schedule": "8y"], seconds: 2).isEmpty)
        #expect(
            look(["routes": "1a", "targets": "2b", "schedule": "8y"], seconds: 3).first?.contains("in: schedule.")
                == true)
        #expect(look(view.entry.config, seconds: 4).first?.contains("the same") == true)
        #expect(look(view.entry.config, seconds: 5).isEmpty)
    }

    @Test func `STATUS says how much of the work is this host's`() {
        var view = MembershipView(entry: entry("me", targets: ["chat"]))
        #expect(ShareCount(view, held: [:]).text == "taking over")
        view.note([listed(view.entry), listed(entry("other"))], at: at(0))
        #expect(ShareCount(view, held: [:]).text.hasPrefix("standing by"))
        let held = [Share.targets("chat"): Lease(share: .targets("chat"), epoch: 1, end: at(9))]
        #expect(
            ShareCount(view, held: held).text
                == "this is one of 2 hosts; it handles 0 of 0 account/region pairs and 1 of 1 target")
        view.note([listed(view.entry)], at: at(1))
        #expect(ShareCount(view, held: held).text.hasPrefix("this is the only host; it handles "))
    }
}
