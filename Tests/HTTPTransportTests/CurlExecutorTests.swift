import Glibc
import HTTPTransport
import Model
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct CurlExecutorTests {
    /// Lives on the client's thread, as the daemon's poll loop does.
    private actor Asker {
        nonisolated var unownedExecutor: UnownedSerialExecutor { client.executor.asUnownedSerialExecutor() }

        private let client: CurlClient
        private var threads: Set<UInt> = []
        private var answers = 0

        init(_ client: CurlClient) {
            self.client = client
        }

        /// Asks so often, many at once.
        ///
        /// - Returns: how many answers came, and on how many threads this actor was seen.
        func ask(_ url: String, times: Int) async -> (answers: Int, threads: Int) {
            await withTaskExecutorPreference(client.executor) {
                await withDiscardingTaskGroup { group in
                    for _ in 0..<times {
                        group.addTask(executorPreference: client.executor) { await self.askOnce(url) }
                    }
                }
            }
            return (answers, threads.count)
        }

        func askOnce(_ url: String) async {
            threads.insert(UInt(pthread_self()))
            let request = HTTPRequest(method: .get, url: url, connection: ConnectionOptions(proxy: .none))
            let status = try? await client.send(request).status
            threads.insert(UInt(pthread_self()))
            if status == 200 { answers += 1 }
        }

        func count() -> Int { answers }
    }

    @Test func `an actor on the client's thread asks and is answered there`() async throws {
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil { connection.respond(text: "x") }
        }
        let asker = Asker(CurlClient(userAgent: "tests/1"))
        let result = await asker.ask(server.url, times: 500)
        #expect(result.answers == 500)
        #expect(result.threads == 1)
    }

    @Test func `the actor goes on after a shutdown, and only requests fail`() async throws {
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil { connection.respond(text: "x") }
        }
        let client = CurlClient(userAgent: "tests/1")
        let asker = Asker(client)
        await asker.askOnce(server.url)
        client.shutdown()
        await asker.askOnce(server.url)
        #expect(await asker.count() == 1)
    }

    @Test func `jobs of others leave transfers their turn`() async throws {
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil { connection.respond(text: "x") }
        }
        let client = CurlClient(userAgent: "tests/1")
        let asker = Asker(client)
        let busy = Task(executorPreference: client.executor) {
            while !Task.isCancelled { await Task.yield() }
        }
        await asker.askOnce(server.url)
        busy.cancel()
        #expect(await asker.count() == 1)
    }

    /// Each connection's socket gets the number of the one before, between two waits of the loop; the name's resolver
    /// has sockets of its own. One that nobody watches would cost its request the time limit.
    @Test(arguments: ["127.0.0.1", "localhost"])
    func `watches a socket that has the number of one that was closed`(host: String) async throws {
        let server = try LoopbackServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.respond(headers: ["Connection: close"], text: "x")
        }
        let asker = Asker(CurlClient(userAgent: "tests/1"))
        let url = "http://\(host):\(server.port)/"
        for _ in 0..<200 { await asker.askOnce(url) }
        let many = await asker.ask(url, times: 200)
        #expect(many.answers == 400)
    }
}
