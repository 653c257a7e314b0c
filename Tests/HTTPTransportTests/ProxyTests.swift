import Foundation
import HTTPTransport
import TestSupport
import Testing

/// Each in a process of its own: the environment belongs to all of a process.
@Suite(.timeLimit(.minutes(10)))
struct ProxyTests {
    @Test func `goes through the proxy that is given, whatever the environment exempts`() async {
        await #expect(processExitsWith: .success) {
            setenv("no_proxy", "*", 1)
            let proxy = try echo()
            let response = try await get("http://elsewhere.example/a?b=c", .url(proxy.url))
            #expect(response == "http://elsewhere.example/a?b=c")
        }
    }

    @Test func `goes through the environment's proxy by default`() async {
        await #expect(processExitsWith: .success) {
            let proxy = try echo()
            setenv("http_proxy", proxy.url, 1)
            #expect(try await get("http://elsewhere.example/a", .environment) == "http://elsewhere.example/a")
        }
    }

    @Test func `goes straight to the server if asked to`() async {
        await #expect(processExitsWith: .success) {
            let proxy = try echo()
            setenv("http_proxy", proxy.url, 1)
            setenv("all_proxy", proxy.url, 1)
            let server = try echo()
            #expect(try await get(server.url + "/a", .none) == "/a")
            #expect(proxy.connectionCount == 0)
        }
    }

    @Test func `an address on this host is reached past every proxy`() async {
        await #expect(processExitsWith: .success) {
            let proxy = try echo()
            for name in ["http_proxy", "https_proxy", "all_proxy"] { setenv(name, proxy.url, 1) }
            let server = try echo()
            for host in ["127.0.0.1", "localhost", "LOCALHOST", "user:word@127.0.0.1", "127.1"] {
                let url = "http://\(host):\(server.port)/a"
                #expect(try await get(url, .environment) == "/a")
                #expect(try await get(url, .url(proxy.url)) == "/a")
            }
            #expect(proxy.connectionCount == 0)
            // What only looks like it is elsewhere; the proxy hears of it.
            for host in ["127.0.0.1.example", "localhost.example", "128.0.0.1", "[::2]", "elsewhere.example@10.0.0.1"] {
                #expect(try await get("http://\(host)/a", .environment).hasSuffix("/a"))
            }
            #expect(proxy.connectionCount > 0)
        }
    }

    @Test func `says that the proxy refused`() async throws {
        let proxy = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.respond(407)
        }
        let client = CurlClient(userAgent: "tests/1")
        let options = ConnectionOptions(proxy: .url("http://user:passw0rd@127.0.0.1:\(proxy.port)"))
        let error = await #expect(throws: TransportError.self) {
            try await client.send(HTTPRequest(method: .get, url: "https://elsewhere.example/", connection: options))
        }
        #expect(error?.kind == .connect)
        #expect(error?.message.contains("407") == true)
        #expect(error?.message.contains("passw0rd") == false)
    }
}

/// A server that answers with the target it was asked for.
private func echo() throws -> LoopbackServer {
    try LoopbackServer { connection in
        while let request = connection.readRequest() { connection.respond(text: request.target) }
    }
}

private func get(_ url: String, _ proxy: ProxyChoice) async throws -> String {
    let client = CurlClient(userAgent: "tests/1")
    let response = try await client.send(
        HTTPRequest(method: .get, url: url, connection: ConnectionOptions(proxy: proxy)))
    return String(decoding: response.body, as: UTF8.self)
}
