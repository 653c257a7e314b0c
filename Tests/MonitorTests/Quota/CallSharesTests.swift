import Testing

@testable import Monitor

struct CallSharesTests {
    private func counts(_ kinds: [CallClass], calls: Int, _ shares: inout CallShares) -> [CallClass: Int] {
        var waiting = CallClasses()
        for kind in kinds { waiting.insert(kind) }
        var counts: [CallClass: Int] = [:]
        for _ in 0..<calls {
            if let kind = shares.next(of: waiting, isSwamped: false) { counts[kind, default: 0] += 1 }
        }
        return counts
    }

    @Test func `all that wait get their share, and none starves`() {
        var shares = CallShares()
        let counts = counts(CallClass.allCases, calls: 1000, &shares)
        #expect(counts.values.reduce(0, +) == 1000)
        #expect((counts[.progress] ?? 0) >= 15)
        #expect((counts[.calm] ?? 0) >= 35)
        #expect((counts[.urgent] ?? 0) > 3 * (counts[.calm] ?? 0))
        #expect((counts[.list] ?? 0) > (counts[.urgent] ?? 0))
    }

    @Test func `who waits alone gets everything, and saves nothing up`() {
        var shares = CallShares()
        #expect(counts([.urgent], calls: 1000, &shares) == [.urgent: 1000])
        let after = counts([.urgent, .calm], calls: 50, &shares)
        #expect(after[.urgent] == 40, "\(after)")
        #expect(shares.next(of: CallClasses(), isSwamped: true) == nil)
    }
}
