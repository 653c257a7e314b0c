import Testing

@testable import Monitor

struct RecentCallsTests {
    @Test func `half of the recent calls failing is reported, once`() {
        var calls = RecentCalls()
        let reported = (0..<12).filter { calls.note(failed: $0 % 2 == 1) }
        #expect(reported == [9])
    }

    @Test func `a third of them failing is not`() {
        var calls = RecentCalls()
        for number in 0..<1000 {
            let isReported = calls.note(failed: number % 3 == 0)
            #expect(!isReported)
        }
    }

    @Test func `few calls say nothing`() {
        var calls = RecentCalls()
        for _ in 0..<9 {
            let isReported = calls.note(failed: true)
            #expect(!isReported)
        }
        let isReported = calls.note(failed: true)
        #expect(isReported)
    }

    @Test func `a good call never reports`() {
        var calls = RecentCalls()
        for _ in 0..<9 { _ = calls.note(failed: true) }
        let isReported = calls.note(failed: false)
        #expect(!isReported)
    }

    @Test func `old calls are forgotten`() {
        var calls = RecentCalls()
        for _ in 0..<9 { _ = calls.note(failed: true) }
        for _ in 0..<30 { _ = calls.note(failed: false) }
        for _ in 0..<9 {
            let isReported = calls.note(failed: true)
            #expect(!isReported)
        }
        let isReported = calls.note(failed: true)
        #expect(isReported)
    }
}
