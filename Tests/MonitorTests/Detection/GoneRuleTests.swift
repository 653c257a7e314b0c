import Model
import Testing

@testable import Monitor

struct GoneRuleTests {
    private func rule(notFoundAt seconds: [Double]) -> GoneRule {
        var rule = GoneRule()
        for second in seconds { rule.noteNotFound(at: .seconds(second), isUnobserved: false) }
        return rule
    }

    @Test(
        arguments: [
            ([10], 15, false), ([10, 40], 45, false), ([10, 40, 70], 5, false), ([10, 40, 70], 10, false),
            ([10, 40, 70], 11, true), ([10, 40, 70], 71, true),
        ] as [([Double], Double, Bool)])
    func `three in a row and a good answer of another newer than the first`(
        notFound: [Double], good: Double, isBelieved: Bool
    ) {
        let rule = rule(notFoundAt: notFound)
        #expect(rule.isBelieved(lastGood: .seconds(good), isAlone: false, at: .seconds(75)) == isBelieved)
        #expect(!rule.isBelieved(lastGood: nil, isAlone: false, at: .seconds(75)))
    }

    @Test(
        arguments: [
            (9, 100.0, false), (10, 60, false), (10, 66.6, false), (10, 66.7, true), (21, 30, true), (20, 30, false),
        ])
    func `alone, ten in a row over at least ten minutes`(count: Int, apart: Double, isBelieved: Bool) {
        let rule = rule(notFoundAt: (0..<count).map { Double($0) * apart })
        let last = MonotonicInstant.seconds(Double(count - 1) * apart)
        #expect(rule.isBelieved(lastGood: nil, isAlone: true, at: last) == isBelieved)
    }

    @Test func `a broken streak begins anew`() {
        var rule = rule(notFoundAt: [10, 40])
        rule.reset()
        #expect(rule.streak == 0)
        rule.noteNotFound(at: .seconds(100), isUnobserved: true)
        #expect(rule.beganUnobserved)
        #expect(!rule.isBelieved(lastGood: .seconds(101), isAlone: false, at: .seconds(102)))
        #expect(rule.needsProbe(lastGood: .seconds(99)))
        #expect(!rule.needsProbe(lastGood: .seconds(101)))
    }
}
