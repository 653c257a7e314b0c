import Foundation
import Glibc
import HTTPTransport
import TestSupport
import Testing

/// The client's thread: not there before it is needed, and gone before the process is.
@Suite(.timeLimit(.minutes(10)))
struct LoopThreadTests {
    @Test func `no thread is started where nothing is sent`() async {
        await #expect(processExitsWith: .success) {
            let client = CurlClient(userAgent: "tests/1")
            client.shutdown()
            #expect(curlThreads() == 0)
            let other = CurlClient(userAgent: "tests/1")
            let server = try LoopbackServer { connection in
                _ = connection.readRequest()
                connection.respond(text: "ok")
            }
            #expect(try await other.send(HTTPRequest(method: .get, url: server.url)).status == 200)
            #expect(curlThreads() == 1)
        }
    }

    @Test(arguments: 0..<10) func `an exit in the middle of the start of TLS is an exit`(delay: Int) async {
        await #expect(processExitsWith: .exitCode(7)) { [delay] in
            let client = CurlClient(userAgent: "tests/1")
            let server = try LoopbackServer { $0.waitForEnd() }
            let request = HTTPRequest(method: .get, url: "https://127.0.0.1:\(server.port)/")
            Task { _ = try? await client.send(request) }
            usleep(UInt32(delay * 300))
            exit(7)
        }
    }

    @Test func `an exit from a job on the client's own thread, and after many clients`() async {
        await #expect(processExitsWith: .exitCode(7)) {
            for _ in 0..<100 {
                let client = CurlClient(userAgent: "tests/1")
                _ = try? await client.send(HTTPRequest(method: .get, url: "http://127.0.0.1:1/"))
            }
            let client = CurlClient(userAgent: "tests/1")
            let task: Task<Void, Never> = Task(executorPreference: client.executor) { exit(7) }
            await task.value
        }
    }

    @Test func `a lack of file descriptors is named`() async {
        await #expect(processExitsWith: .success) {
            let client = CurlClient(userAgent: "tests/1")
            let server = try LoopbackServer { connection in
                while connection.readRequest() != nil { connection.respond(text: "ok") }
            }
            #expect(try await client.send(HTTPRequest(method: .get, url: server.url)).status == 200)
            var limits = rlimit(rlim_cur: 64, rlim_max: 64)
            #expect(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0)
            while open("/dev/null", O_RDONLY) >= 0 {}
            for url in [
                "http://127.0.0.2:\(server.port)/", "https://name.invalid/", "https://127.0.0.1:\(server.port)/",
            ] {
                let error = await #expect(throws: TransportError.self) {
                    try await client.send(HTTPRequest(method: .get, url: url))
                }
                #expect(
                    error?.message.contains("no file descriptors left (limit 64)") == true,
                    "\(String(describing: error))")
            }
            // A client that cannot even start says the same.
            let other = CurlClient(userAgent: "tests/1")
            let error = await #expect(throws: TransportError.self) {
                try await other.send(HTTPRequest(method: .get, url: server.url))
            }
            #expect(error?.message.contains("no file descriptors left") == true, "\(String(describing: error))")
        }
    }
}

/// How many threads of clients this process has now.
private func curlThreads() -> Int {
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    return threads.filter { thread in
        (try? String(contentsOfFile: "/proc/self/task/\(thread)/comm", encoding: .utf8)) == "curl\n"
    }.count
}
