import Monitor
import Testing

struct RecentCallsTests {
    @Test func `half of the recent calls failing is told, once`() {
        var calls = RecentCalls()
        let told = (0..<12).filter { calls.note(failed: $0 % 2 == 1) }
        #expect(told == [9])
    }

    @Test func `a third of them failing is not`() {
        var calls = RecentCalls()
        for number in 0..<1000 {
            let told = calls.note(failed: number % 3 == 0)
            #expect(!told)
        }
    }

    @Test func `few calls say nothing`() {
        var calls = RecentCalls()
        for _ in 0..<9 {
            let told = calls.note(failed: true)
            #expect(!told)
        }
        let told = calls.note(failed: true)
        #expect(told)
    }

    @Test func `a good call never tells`() {
        var calls = RecentCalls()
        for _ in 0..<9 { _ = calls.note(failed: true) }
        let told = calls.note(failed: false)
        #expect(!told)
    }

    @Test func `old calls are forgotten`() {
        var calls = RecentCalls()
        for _ in 0..<9 { _ = calls.note(failed: true) }
        for _ in 0..<30 { _ = calls.note(failed: false) }
        for _ in 0..<9 {
            let told = calls.note(failed: true)
            #expect(!told)
        }
        let told = calls.note(failed: true)
        #expect(told)
    }
}
