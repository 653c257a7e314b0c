import Testing

@testable import Monitor

struct CallSharesTests {
    private func counts(_ kinds: [CallClass], calls: Int, _ shares: inout CallShares) -> [CallClass: Int] {
        var waiting = CallClasses()
        for kind in kinds { waiting.insert(kind) }
        var counts: [CallClass: Int] = [:]
        for _ in 0..<calls {
            if let kind = shares.next(of: waiting, isOverQuota: false) { counts[kind, default: 0] += 1 }
        }
        return counts
    }

    @Test func `all that wait get their share, and none starves`() {
        var shares = CallShares()
        let counts = counts(CallClass.allCases, calls: 1000, &shares)
        #expect(counts.values.reduce(0, +) == 1000)
        #expect((counts[.progress] ?? 0) >= 15)
        #expect((counts[.idle] ?? 0) >= 35)
        #expect((counts[.running] ?? 0) > 3 * (counts[.idle] ?? 0))
        #expect((counts[.list] ?? 0) > (counts[.running] ?? 0))
    }

    @Test func `who waits alone gets everything, and saves nothing up`() {
        var shares = CallShares()
        #expect(counts([.running], calls: 1000, &shares) == [.running: 1000])
        let after = counts([.running, .idle], calls: 50, &shares)
        #expect(after[.running] == 40, "\(after)")
        #expect(shares.next(of: CallClasses(), isOverQuota: true) == nil)
    }
}
