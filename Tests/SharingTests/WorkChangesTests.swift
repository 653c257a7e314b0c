import Model
import Sharing
import Testing

/// What a host begins, finishes and drops as its leases change.
struct WorkChangesTests {
    private let chat = Share.targets("chat")
    private let scope = Share.scope(AccountRegion(account: "default", region: "cn-hangzhou"))

    private func work() -> WorkChanges { WorkChanges(reserve: .seconds(2), pause: .seconds(1)) }

    private func at(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64(seconds * 1_000_000_000))
    }

    private func lease(_ share: Share, epoch: Int64 = 1, end: Double = 13, tokens: Double? = nil) -> Lease {
        Lease(share: share, epoch: epoch, end: at(end), tokens: tokens)
    }

    @Test func `what was given is begun, once`() {
        let work = work()
        let given = lease(chat, tokens: 3)
        let known = KnownLeases(active: [chat: given])
        #expect(work.due(known, held: [:], finishing: [], at: at(0)) == WorkChanges.Due(new: [chat: given]))
        #expect(work.due(known, held: [chat: given], finishing: [], at: at(0)) == WorkChanges.Due())
        #expect(work.due(known, held: [:], finishing: [], at: at(11)) == WorkChanges.Due(), "too near its end")
    }

    @Test func `what was begun before with the same lease begins with an empty budget`() {
        var work = work()
        let given = lease(scope, tokens: 4)
        work.began([given])
        let again = work.due(KnownLeases(active: [scope: given]), held: [:], finishing: [], at: at(0))
        #expect(again.new[scope]?.tokens == 0)
        let next = lease(scope, epoch: 2, tokens: 4)
        let other = work.due(KnownLeases(active: [scope: next]), held: [:], finishing: [], at: at(0))
        #expect(other.new[scope]?.tokens == 4)
    }

    @Test func `what another host has, or what ends soon, is dropped`() {
        let work = work()
        let held = [chat: lease(chat), scope: lease(scope)]
        let known = KnownLeases(active: [chat: lease(chat, epoch: 2), scope: lease(scope)])
        #expect(work.due(known, held: held, finishing: [], at: at(0)).lost == [chat])
        #expect(work.due(known, held: held, finishing: [], at: at(11)).lost == [chat, scope])
        #expect(work.due(KnownLeases(), held: held, finishing: [], at: at(0)).lost == [chat, scope])
    }

    @Test func `what is given back is finished first, unless nothing of it was begun`() {
        let work = work()
        let known = KnownLeases(givingBack: [chat: lease(chat), scope: lease(scope)])
        let held = [scope: lease(scope)]
        #expect(work.due(known, held: held, finishing: [], at: at(0)) == .init(unused: [chat], leaving: [scope]))
        #expect(work.due(known, held: held, finishing: [scope], at: at(0)) == .init(unused: [chat]))
        #expect(work.due(known, held: held, finishing: [], at: at(12)) == .init(lost: [scope], unused: [chat]))
    }

    @Test func `what the database did not take is begun again after a pause`() {
        var work = work()
        let known = KnownLeases(active: [chat: lease(chat)])
        work.failed(at: at(5))
        #expect(work.due(known, held: [:], finishing: [], at: at(5.9)).new.isEmpty)
        #expect(work.next(known, held: [], after: at(5.9)) == at(6))
        #expect(work.due(known, held: [:], finishing: [], at: at(6)).new.keys.contains(chat))
    }

    @Test func `it is never waited for what is past`() {
        var work = work()
        work.failed(at: at(1))
        // Meanwhile the lease is another host's: nothing is left to be tried again.
        #expect(work.next(KnownLeases(), held: [], after: at(2)) == nil)
        let known = KnownLeases(active: [chat: lease(chat)])
        #expect(work.next(known, held: [lease(chat)], after: at(3)) == at(11))
        #expect(work.next(known, held: [lease(chat)], after: at(11)) == nil)
    }
}
