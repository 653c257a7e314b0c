import Daemon
import Model
import Monitor
import Testing

struct HangingCallsTests {
    private func order(_ number: UInt64, in account: String = "default") -> PollOrder {
        PollOrder(
            number: number, scope: AccountRegion(account: account, region: "cn-beijing"),
            call: .describeTask(ClusterID("pm-1"), known: nil))
    }

    @Test func `an account whose calls hang makes no more of them until one ends`() throws {
        var hanging = HangingCalls()
        for number in 0..<8 as Range<UInt64> {
            #expect(hanging.refusal(of: order(99)) == nil)
            hanging.insert(order(number))
        }
        let refusal = try #require(hanging.refusal(of: order(99)))
        #expect(refusal.reason == .timeout)
        #expect(refusal.message.contains("8 earlier calls of account default in cn-beijing still hang"))
        #expect(hanging.refusal(of: order(99, in: "other")) == nil)
        hanging.remove(order(1000))
        #expect(hanging.refusal(of: order(99)) != nil)
        hanging.remove(order(3))
        #expect(hanging.refusal(of: order(99)) == nil)
    }
}
