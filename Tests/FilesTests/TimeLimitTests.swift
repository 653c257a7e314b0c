import Files
import Testing

struct TimeLimitTests {
    @Test func `what ends in time gives its value`() async {
        #expect(await withTimeLimit(.seconds(60)) { 7 } == 7)
    }

    /// It is cancelled, and would otherwise hold the test for an hour.
    @Test(.timeLimit(.minutes(2))) func `what does not end in time is cancelled and not waited for`() async {
        let value = await withTimeLimit(.milliseconds(20)) {
            try? await Task.sleep(for: .seconds(3600))
            return 7
        }
        #expect(value == nil)
    }

    @Test(.timeLimit(.minutes(2))) func `whoever is cancelled waits no longer`() async {
        let waiter = Task {
            await withTimeLimit(.seconds(3600)) {
                try? await Task.sleep(for: .seconds(3600))
                return 7
            }
        }
        waiter.cancel()
        #expect(await waiter.value == nil)
    }
}
