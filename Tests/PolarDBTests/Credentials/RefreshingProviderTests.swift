import Model
import PolarDB
import Synchronization
import TestSupport
import Testing

/// One renewal at a time, however many ask; the old key goes on being used meanwhile.
struct RefreshingProviderTests {
    private static let start = CredentialLab.now
    private static let nearEnd = start.advanced(by: .seconds(3000))

    @Test func `a hundred that ask at once wait for one request`() async throws {
        let source = GatedSource()
        let provider = RefreshingProvider(source)
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { await provider.id(at: Self.start) } }
            try await eventually("the request", within: .seconds(60)) { source.waiting == 1 }
            source.open()
            for try await id in group { #expect(id == "K1") }
        }
        #expect(source.fetches == 1)
    }

    @Test func `near the end the old one is used while one request renews it`() async throws {
        let source = GatedSource()
        let provider = RefreshingProvider(source)
        source.open()
        #expect(await provider.id(at: Self.start) == "K1")
        source.close()
        for _ in 0..<50 { #expect(await provider.id(at: Self.nearEnd) == "K1") }
        try await eventually("the request", within: .seconds(60)) { source.waiting == 1 }
        source.open()
        try await eventually("the new key", within: .seconds(60)) { await provider.id(at: Self.nearEnd) == "K2" }
        #expect(source.fetches == 2)
    }

    @Test func `an expired one is renewed once, whoever says so and how often`() async throws {
        let source = GatedSource()
        let provider = RefreshingProvider(source)
        source.open()
        let old = try await provider.credentials(at: Self.start)
        source.close()
        await withTaskGroup(of: String.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    await provider.invalidate(old)
                    return await provider.id(at: Self.start.advanced(by: .seconds(10)))
                }
            }
            do {
                try await eventually("the request", within: .seconds(60)) { source.waiting == 1 }
            } catch {
                Issue.record(error)
            }
            source.open()
            for await id in group { #expect(id == "K2") }
        }
        await provider.invalidate(old)
        #expect(await provider.id(at: Self.start.advanced(by: .seconds(10))) == "K2")
        #expect(source.fetches == 2)
    }

    @Test func `a waiter that is cancelled takes none of the others with it`() async throws {
        let source = GatedSource()
        let provider = RefreshingProvider(source)
        let impatient = Task { await provider.id(at: Self.start) }
        try await eventually("the request", within: .seconds(60)) { source.waiting == 1 }
        let patient = Task { await provider.id(at: Self.start) }
        impatient.cancel()
        #expect(await impatient.value.contains("cancelled"))
        source.open()
        #expect(await patient.value == "K2")
        #expect(await provider.id(at: Self.start) == "K2")
    }

    @Test func `a failed request is reported to all who wait, and not asked again at once`() async throws {
        let source = GatedSource()
        source.fail()
        source.open()
        let provider = RefreshingProvider(source)
        #expect(await provider.id(at: Self.start) == "the source is down")
        #expect(await provider.id(at: Self.start) == "the source is down")
        #expect(source.fetches == 1)
        #expect(await provider.id(at: Self.start.advanced(by: .seconds(60))) == "the source is down")
        #expect(source.fetches == 2)
    }
}

/// Gives `K1`, `K2`, … that live an hour from the request on, while its gate is open.
private final class GatedSource: CredentialsSource {
    var place: String { "a test" }

    private struct State {
        var isOpen = false
        var fails = false
        var fetches = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var fetches: Int { state.withLock { $0.fetches } }
    var waiting: Int { state.withLock { $0.waiters.count } }

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func close() { state.withLock { $0.isOpen = false } }

    func fail() { state.withLock { $0.fails = true } }

    func fetch(at now: Timestamp) async throws(PollFailure) -> Credentials {
        let number = state.withLock { state in
            state.fetches += 1
            return state.fetches
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    if !state.isOpen, !Task.isCancelled { state.waiters.append(continuation) }
                    return state.isOpen || Task.isCancelled
                }
                if isOpen { continuation.resume() }
            }
        } onCancel: {
            open()
            close()
        }
        if Task.isCancelled { throw PollFailure(reason: .network, message: "cancelled") }
        if state.withLock({ $0.fails }) { throw PollFailure(reason: .network, message: "the source is down") }
        return Credentials(
            accessKeyID: "K\(number)", accessKeySecret: "s", securityToken: "t", origin: "a test",
            expiration: now.advanced(by: .seconds(3600)))
    }
}
