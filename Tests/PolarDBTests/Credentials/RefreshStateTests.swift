import Model
import PolarDB
import Testing

struct RefreshStateTests {
    private static let start = CredentialLab.now

    private func key(_ id: String = "A", token: String = "t", lives lifetime: Duration?) -> Credentials {
        Credentials(
            accessKeyID: id, accessKeySecret: "s", securityToken: token, origin: "a test",
            expiration: lifetime.map { Self.start.advanced(by: $0) })
    }

    private func state(holding key: Credentials) -> RefreshState {
        var state = RefreshState()
        state.succeeded(key, at: Self.start, jitter: 0.5)
        return state
    }

    private func after(_ duration: Duration) -> Timestamp { Self.start.advanced(by: duration) }

    struct Life: Sendable, CustomTestStringConvertible {
        let lifetime: Duration
        /// From when on it is renewed, and from when on it is not used any more.
        let renewal: Duration
        let lastUse: Duration

        var testDescription: String { "\(lifetime)" }
    }

    /// min(15 min, a quarter) and min(1 min, a tenth) before the end.
    static let lives = [
        Life(lifetime: .seconds(3600), renewal: .seconds(2700), lastUse: .seconds(3540)),
        Life(lifetime: .seconds(43_200), renewal: .seconds(42_300), lastUse: .seconds(43_140)),
        Life(lifetime: .seconds(900), renewal: .seconds(675), lastUse: .seconds(840)),
        Life(lifetime: .seconds(60), renewal: .seconds(45), lastUse: .seconds(54)),
        Life(lifetime: .seconds(4), renewal: .seconds(3), lastUse: .milliseconds(3600)),
    ]

    @Test(arguments: lives)
    func `is used, then renewed while it is used, then not used any more`(life: Life) {
        let key = key(lives: life.lifetime)
        let state = state(holding: key)
        let moment = Duration.milliseconds(1)
        #expect(state.step(at: after(life.renewal - moment)) == .use(key))
        #expect(state.step(at: after(life.renewal)) == .useAndRefresh(key))
        #expect(state.step(at: after(life.lastUse - moment)) == .useAndRefresh(key))
        #expect(state.step(at: after(life.lastUse)) == .refresh)
    }

    @Test func `one that does not say when it ends is used for ever and asked for anew now and then`() {
        let key = key(lives: nil)
        let state = state(holding: key)
        #expect(state.step(at: after(.seconds(299))) == .use(key))
        #expect(state.step(at: after(.seconds(86_400))) == .useAndRefresh(key))
    }

    @Test func `a failed renewal leaves the old one in use, and is tried again after a pause that grows`() {
        let key = key(lives: .seconds(3600))
        var state = state(holding: key)
        let failure = PollFailure(reason: .network, message: "down")
        var now = after(.seconds(2700))
        var pauses: [Duration] = []
        for _ in 0..<7 {
            #expect(state.step(at: now) == .useAndRefresh(key))
            state.failed(failure, at: now, jitter: 0.5)
            let failedAt = now
            while state.step(at: now) == .use(key) { now = now.advanced(by: .seconds(1)) }
            pauses.append(now.since(failedAt))
        }
        #expect(pauses == [2, 4, 8, 16, 30, 30, 30].map { .seconds($0) })
        state.failed(failure, at: after(.seconds(3539)), jitter: 0.5)
        #expect(state.step(at: after(.seconds(3541))) == .fail(failure))
        #expect(state.step(at: after(.seconds(3580))) == .refresh)
    }

    @Test func `pauses are short against a short life`() {
        let key = key(lives: .seconds(60))
        var state = state(holding: key)
        var attempts = 0
        for tenths in 450..<540 {
            let now = after(.milliseconds(100 * tenths))
            guard state.step(at: now) == .useAndRefresh(key) else { continue }
            attempts += 1
            state.failed(PollFailure(reason: .network, message: "down"), at: now, jitter: 0.5)
        }
        #expect((4...6).contains(attempts), "\(attempts) attempts in 9 s")
    }

    @Test func `a source that has nothing newer is asked again, and its age counts from when it was first seen`() {
        let key = key(lives: .seconds(3600))
        var state = state(holding: key)
        state.succeeded(key, at: after(.seconds(2700)), jitter: 0.5)
        #expect(state.step(at: after(.seconds(2700))) == .use(key))
        #expect(state.step(at: after(.seconds(2702))) == .useAndRefresh(key))
        // Its end has come and the source insists: the API is to judge.
        state.succeeded(key, at: after(.seconds(3600)), jitter: 0.5)
        #expect(state.step(at: after(.seconds(3600))) == .use(key))
        #expect(state.step(at: after(.seconds(3602))) == .refresh)
    }

    @Test func `what the API calls expired is renewed at once, but not what came after it`() {
        let old = key("A", lives: .seconds(3600))
        var state = state(holding: old)
        state.invalidate(old)
        #expect(state.step(at: after(.seconds(10))) == .refresh)
        let new = key("B", lives: .seconds(7200))
        state.succeeded(new, at: after(.seconds(10)), jitter: 0.5)
        state.invalidate(old)
        #expect(state.step(at: after(.seconds(20))) == .use(new))
        state.invalidate(new)
        #expect(state.step(at: after(.seconds(20))) == .refresh)
    }

    @Test func `a source that insists on what the API calls expired is asked once at once, then now and then`() {
        let key = key(lives: .seconds(3600))
        var state = state(holding: key)
        state.invalidate(key)
        #expect(state.step(at: Self.start) == .refresh)
        state.succeeded(key, at: Self.start, jitter: 0.5)
        state.invalidate(key)
        #expect(state.step(at: Self.start) == .use(key))
        #expect(state.step(at: after(.seconds(1))) == .refresh)
    }

    @Test func `the same id with a new token is a new key`() {
        let old = key(token: "1", lives: .seconds(3600))
        let new = key(token: "2", lives: .seconds(3600))
        var state = state(holding: old)
        state.invalidate(old)
        state.succeeded(new, at: after(.seconds(10)), jitter: 0.5)
        state.invalidate(old)
        #expect(state.step(at: after(.seconds(20))) == .use(new))
    }

    @Test func `a clock that steps back locks nobody out`() {
        var state = RefreshState()
        state.failed(PollFailure(reason: .network, message: "down"), at: after(.seconds(86_400)), jitter: 1)
        #expect(state.step(at: Self.start) == .refresh)
        let key = key(lives: .seconds(3600))
        state.succeeded(key, at: after(.seconds(86_400)), jitter: 0.5)
        #expect(state.step(at: Self.start) == .use(key))
    }

    @Test func `a clock that is days ahead uses what it gets, and asks no more than once a second`() {
        let ahead = after(.seconds(5 * 86_400))
        let key = key(lives: .seconds(3600))
        var state = RefreshState()
        #expect(state.step(at: ahead) == .refresh)
        state.succeeded(key, at: ahead, jitter: 0)
        #expect(state.step(at: ahead) == .use(key))
        #expect(state.step(at: ahead.advanced(by: .milliseconds(799))) == .use(key))
        #expect(state.step(at: ahead.advanced(by: .milliseconds(800))) == .refresh)
    }
}
