import HTTPTransport
import Model
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct CancellationTests {
    private let client = CurlClient(userAgent: "tests/1")
    private let patient = ConnectionOptions(timeout: .seconds(300), lowSpeedTime: .seconds(300))

    @Test func `ends a request on its way at once`() async throws {
        let arrived = Box<Bool>()
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            arrived.value = true
            connection.waitForEnd()
        }
        let request = HTTPRequest(method: .get, url: server.url, connection: patient)
        let task = Task { [client] in try await client.send(request) }
        try await eventually("the request to arrive", every: .milliseconds(2)) { arrived.value != nil }
        task.cancel()
        let error = await #expect(throws: TransportError.self) { try await task.value }
        #expect(error?.kind == .cancelled)
    }

    @Test func `never starts a request that was cancelled before`() async throws {
        let server = try LoopbackServer { $0.waitForEnd() }
        let request = HTTPRequest(method: .get, url: server.url, connection: patient)
        let task = Task { [client] in
            withUnsafeCurrentTask { $0?.cancel() }
            return try await client.send(request)
        }
        let error = await #expect(throws: TransportError.self) { try await task.value }
        #expect(error?.kind == .cancelled)
        #expect(server.connectionCount == 0)
    }

    /// The server never answers and the time limit is far away: a single lost cancellation hangs this test.
    @Test func `loses no cancellation, whenever it comes`() async throws {
        let server = try LoopbackServer { $0.waitForEnd() }
        let client = CurlClient(CurlSettings(userAgent: "tests/1", maximumConcurrentRequests: 50))
        let request = HTTPRequest(method: .get, url: server.url, connection: patient)
        for _ in 0..<20 {
            let tasks = (0..<100).map { _ in Task { try await client.send(request) } }
            for task in tasks.shuffled() {
                if Bool.random() { await Task.yield() }
                task.cancel()
            }
            for task in tasks {
                let error = await #expect(throws: TransportError.self) { try await task.value }
                #expect(error?.kind == .cancelled)
            }
        }
    }

    @Test func `answers or cancels each of a thousand at once`() async throws {
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil { connection.respond(text: "x") }
        }
        let request = HTTPRequest(
            method: .post, url: server.url, connection: ConnectionOptions(timeout: .seconds(40), proxy: .none))
        let tasks = (0..<1000).map { _ in Task { [client] in try await client.send(request).status } }
        for task in tasks where Int.random(in: 0..<3) == 0 { task.cancel() }
        var answered = 0
        var cancelled = 0
        for task in tasks {
            do {
                if try await task.value == 200 { answered += 1 }
            } catch let error as TransportError where error.kind == .cancelled {
                cancelled += 1
            }
        }
        #expect(answered + cancelled == 1000)
        #expect(answered > 500)
        #expect(server.connectionCount <= 256 + cancelled)
    }

    @Test func `lets those who wait in line through as slots come free`() async throws {
        let client = CurlClient(CurlSettings(userAgent: "tests/1", maximumConcurrentRequests: 2))
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil { connection.respond(text: "x") }
        }
        let request = HTTPRequest(method: .get, url: server.url)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<100 { group.addTask { try await client.send(request).status } }
            for try await status in group { #expect(status == 200) }
        }
        #expect(server.connectionCount <= 2)
    }

    @Test func `a shutdown resumes everybody and refuses what comes later`() async throws {
        let arrived = Box<Bool>()
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            arrived.value = true
            connection.waitForEnd()
        }
        let client = CurlClient(CurlSettings(userAgent: "tests/1", maximumConcurrentRequests: 5))
        let request = HTTPRequest(method: .get, url: server.url, connection: patient)
        let tasks = (0..<20).map { _ in Task { try await client.send(request) } }
        try await eventually("the request to arrive", every: .milliseconds(2)) { arrived.value != nil }
        client.shutdown()
        client.shutdown()
        for task in tasks {
            let error = await #expect(throws: TransportError.self) { try await task.value }
            #expect(error?.kind == .cancelled)
        }
        let error = await #expect(throws: TransportError.self) { try await client.send(request) }
        #expect(error?.kind == .cancelled)
    }

    @Test func `a released client ends its thread`() async throws {
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil { connection.respond(text: "x") }
        }
        for _ in 0..<200 {
            let client = CurlClient(userAgent: "tests/1")
            #expect(try await client.send(HTTPRequest(method: .get, url: server.url)).status == 200)
        }
    }
}
