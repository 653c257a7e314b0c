import Model
import Testing

@testable import Monitor

/// One budget, one call for a subject at a time, and nothing made before its time.
struct CallAgendaTests {
    private let first = CallSubject.task(TaskIndex(0))
    private let second = CallSubject.task(TaskIndex(1))
    private let list = CallSubject.list(InstanceIndex(0))
    private let log = CallSubject.log(TaskIndex(7))

    private func agenda(rate: Double = 1, burst: Int = 1, mostUnderWay: Int = 50) -> CallAgenda {
        CallAgenda(
            QuotaSettings(callsPerSecond: rate, burst: burst), mostUnderWay: mostUnderWay, running: .seconds(30),
            at: .seconds(0))
    }

    /// Takes what comes next, as call `number`.
    private func take(_ agenda: inout CallAgenda, _ number: UInt64, at seconds: Double) -> CallSubject? {
        agenda.takeNext(as: number, at: .seconds(seconds))
    }

    @Test func `a call is made when it is due and paid for, and no second one while it is under way`() {
        var agenda = agenda()
        agenda.plan(first, at: .seconds(10), as: .running)
        #expect(take(&agenda, 1, at: 9) == nil)
        #expect(agenda.nextWake(after: .seconds(9)) == .seconds(10))
        #expect(take(&agenda, 1, at: 10) == first)
        #expect(agenda.call(about: first) == 1)
        #expect(agenda.due(of: first) == .seconds(10))
        agenda.plan(first, at: .seconds(11), as: .running)
        #expect(take(&agenda, 2, at: 20) == nil, "it is under way")
        #expect(agenda.nextWake(after: .seconds(20)) == nil)
        agenda.end(first)
        #expect(!agenda.isUnderWay(first))
        agenda.plan(first, at: .seconds(30), as: .running)
        #expect(take(&agenda, 2, at: 30) == first)
    }

    @Test func `a new plan takes the place of the old one, earlier or later`() {
        var agenda = agenda(rate: 100, burst: 100)
        agenda.plan(first, at: .seconds(10), as: .running)
        agenda.plan(first, at: .seconds(20), as: .idle)
        #expect(take(&agenda, 1, at: 15) == nil)
        #expect(agenda.isPlanned(first, after: .seconds(19)))
        agenda.plan(first, at: .seconds(5), as: .hinted)
        #expect(!agenda.isPlanned(first, after: .seconds(5)))
        #expect(take(&agenda, 1, at: 15) == first)
        agenda.end(first)
        #expect(take(&agenda, 2, at: 100) == nil, "the old plans are void")
    }

    @Test func `what is forgotten is not asked again, and its call counts no more`() {
        var agenda = agenda(rate: 100, burst: 100, mostUnderWay: 1)
        agenda.plan(first, at: .seconds(0), as: .running)
        agenda.plan(second, at: .seconds(0), as: .running)
        #expect(take(&agenda, 1, at: 1) == first)
        #expect(take(&agenda, 2, at: 1) == nil, "one at a time here")
        agenda.forget(first)
        #expect(agenda.call(about: first) == nil)
        #expect(agenda.due(of: first) == nil)
        #expect(take(&agenda, 2, at: 1) == second)
        agenda.end(first)
        agenda.end(second)
        agenda.plan(first, at: .seconds(2), as: .running)
        #expect(take(&agenda, 3, at: 2) == first)
        #expect(take(&agenda, 4, at: 2) == nil)
    }

    @Test func `all kinds of calls share one budget`() {
        var agenda = agenda(rate: 2, burst: 3)
        for number in 0..<20 { agenda.plan(.task(TaskIndex(number)), at: .seconds(0), as: .running) }
        agenda.plan(list, at: .seconds(0), as: .list)
        agenda.plan(.progress(TaskIndex(0)), at: .seconds(0), as: .progress)
        agenda.planLog(TaskIndex(7), at: .seconds(0))
        var taken: [CallSubject] = []
        for tick in 0...100 {
            while let subject = take(&agenda, UInt64(taken.count + 1), at: Double(tick) / 10) { taken.append(subject) }
        }
        #expect((22...24).contains(taken.count), "3 and 2 a second for ten seconds: \(taken.count)")
        #expect(Set(taken).count == taken.count)
        for subject in [list, .progress(TaskIndex(0)), log] { #expect(taken.contains(subject)) }
    }

    @Test func `a log is read before polls that wait, and then not before three of them`() {
        var agenda = agenda(rate: 1, burst: 1)
        for number in 0..<40 { agenda.plan(.task(TaskIndex(number)), at: .seconds(0), as: .running) }
        for number in 100..<110 { agenda.planLog(TaskIndex(number), at: .seconds(0)) }
        var isLog: [Bool] = []
        for second in 0..<16 {
            while let subject = take(&agenda, UInt64(isLog.count + 1), at: Double(second)) {
                if case .log = subject { isLog.append(true) } else { isLog.append(false) }
            }
        }
        let expected = (0..<13).map { $0.isMultiple(of: 4) }
        #expect(Array(isLog.prefix(13)) == expected)
    }

    @Test func `a log takes the next token, and is never a call beyond the quota`() {
        var agenda = agenda(rate: 1, burst: 1)
        agenda.plan(first, at: .seconds(0), as: .running)
        #expect(take(&agenda, 1, at: 0) == first)
        for _ in 0..<3 { agenda.planLog(TaskIndex(7), at: .seconds(0)) }
        agenda.plan(second, at: .seconds(0), as: .running)
        #expect(take(&agenda, 2, at: 0.9) == nil, "no token is whole yet")
        #expect(agenda.nextWake(after: .seconds(0.9)).map { $0 > .seconds(0.9) && $0 <= .seconds(1.001) } == true)
        #expect(take(&agenda, 2, at: 1.001) == log)
        #expect(take(&agenda, 3, at: 1.9) == nil)
        #expect(take(&agenda, 3, at: 2.01) == second)
    }

    @Test func `no log is waited for if it cannot come in time`() {
        var agenda = agenda(rate: 0.05, burst: 1)
        let deadline = MonotonicInstant.seconds(10)
        #expect(agenda.canReadLog(waiting: 0, before: deadline, at: .seconds(0)) == .yes)
        #expect(agenda.canReadLog(waiting: 4, before: deadline, at: .seconds(0)) == .tooMany)
        for number in 0..<2 {
            agenda.planLog(TaskIndex(number), at: .seconds(0))
            _ = take(&agenda, UInt64(number + 1), at: 0)
        }
        agenda.plan(first, at: .seconds(0), as: .running)
        #expect(agenda.canReadLog(waiting: 1, before: deadline, at: .seconds(0)) == .noQuota, "a token takes 20 s")
        let reason = agenda.note(.throttled(retryAfter: .seconds(90)), about: log, at: .seconds(100))
        #expect(reason == nil, "polls go on as before")
        #expect(!agenda.budget.isSlowed(at: .seconds(100)))
        for (time, answer) in [(189, LogShare.Answer.noQuota), (191, .yes)] {
            let now = MonotonicInstant.seconds(Double(time))
            #expect(agenda.canReadLog(waiting: 0, before: now.advanced(by: .seconds(10)), at: now) == answer)
        }
    }

    @Test func `a throttled call slows the account, once; failed readings of progress do not`() {
        var agenda = agenda(rate: 10, burst: 10)
        for _ in 0..<20 {
            #expect(agenda.note(.transient(.server), about: .progress(TaskIndex(0)), at: .seconds(1)) == nil)
        }
        let reasons = (0..<10).map { _ in agenda.note(.transient(.server), about: first, at: .seconds(1)) }
        #expect(reasons == Array(repeating: nil, count: 9) + [.server])
        var other = self.agenda(rate: 10, burst: 10)
        let throttled = (0..<2).map { _ in
            other.note(.throttled(retryAfter: nil), about: .progress(TaskIndex(0)), at: .seconds(1))
        }
        #expect(throttled == [.throttled, nil], "said when it begins")
    }

    @Test func `under a new quota what was spent stays spent`() {
        var old = agenda(rate: 1, burst: 1)
        old.plan(first, at: .seconds(0), as: .running)
        #expect(take(&old, 1, at: 0) == first)
        var new = agenda(rate: 1, burst: 5)
        new.goOn(from: old, at: .seconds(0))
        new.plan(second, at: .seconds(0), as: .running)
        #expect(take(&new, 2, at: 0.5) == nil)
        #expect(take(&new, 2, at: 1) == second)
    }
}
