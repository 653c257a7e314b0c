import Foundation
import HTTPTransport
import Model
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct CurlClientTests {
    private let client = CurlClient(userAgent: "tests/1")

    @Test func `posts an empty body with nothing but its length`() async throws {
        let received = Box<ReceivedRequest>()
        let server = try LoopbackServer { connection in
            received.value = connection.readRequest()
            connection.respond(text: "{}")
        }
        let response = try await client.send(
            HTTPRequest(
                method: .post, url: "\(server.url)/?A=%2A%20b&B=~", headers: [HTTPHeader("accept", "application/json")])
        )
        let request = try #require(received.value)
        #expect(response.status == 200)
        #expect(response.body == Array("{}".utf8))
        #expect(request.method == "POST")
        #expect(request.target == "/?A=%2A%20b&B=~")
        #expect(request.header("content-length") == "0")
        #expect(request.header("content-type") == nil)
        #expect(request.header("expect") == nil)
        #expect(request.header("host") == "127.0.0.1:\(server.port)")
        #expect(request.header("user-agent") == "tests/1")
        #expect(request.header("accept") == "application/json")
        #expect(request.header("accept-encoding") == "gzip")
    }

    @Test func `sends each header as a line of its own, in order`() async throws {
        let received = Box<ReceivedRequest>()
        let server = try LoopbackServer { connection in
            received.value = connection.readRequest()
            connection.respond(text: "{}")
        }
        let sent = [
            HTTPHeader("x-a", "1"), HTTPHeader("X-B", "two: 2; x"), HTTPHeader("x-empty", ""), HTTPHeader("x-c", "3"),
            HTTPHeader("authorization", "Some words"), HTTPHeader("x-d", "4"), HTTPHeader("xe", "5"),
            HTTPHeader("x-", "6"), HTTPHeader("x-f", String(repeating: "7", count: 5000)),
        ]
        _ = try await client.send(HTTPRequest(method: .post, url: server.url, headers: sent))
        let request = try #require(received.value)
        let names = Set(sent.map { $0.name.lowercased() })
        #expect(
            request.headers.filter { names.contains($0.name.lowercased()) }.map { "\($0.name)=\($0.value)" }
                == sent.map { "\($0.name)=\($0.value)" })
    }

    @Test(arguments: [HTTPMethod.post, .put]) func `sends a body as it is`(method: HTTPMethod) async throws {
        let received = Box<ReceivedRequest>()
        let server = try LoopbackServer { connection in
            while let request = connection.readRequest() {
                received.value = request
                connection.respond(204)
            }
        }
        let body = [UInt8](0...255) + Array("\r\n测试".utf8)
        var request = HTTPRequest(
            method: method, url: server.url + "/hook",
            headers: [HTTPHeader("Content-Type", "application/json"), HTTPHeader("X-Empty", "")], body: body)
        request.acceptsGzip = false
        #expect(try await client.send(request).status == 204)
        let first = try #require(received.value)
        #expect(first.method == method.rawValue)
        #expect(first.body == body)
        #expect(first.header("content-type") == "application/json")
        #expect(first.header("x-empty") == "")
        #expect(first.header("expect") == nil)
        #expect(first.header("accept-encoding") == nil)

        // The same handle afterwards, without one.
        #expect(try await client.send(HTTPRequest(method: .get, url: server.url)).status == 204)
        #expect(received.value?.method == "GET")
        #expect(received.value?.body == [])
        #expect(received.value?.header("content-type") == nil)
        #expect(received.value?.header("content-length") == nil)
    }

    @Test func `asks nobody for leave to send a large body`() async throws {
        let received = Box<ReceivedRequest>()
        let server = try LoopbackServer { connection in
            received.value = connection.readRequest()
            connection.respond(204)
        }
        let body = [UInt8](repeating: 7, count: 3_000_000)
        _ = try await client.send(HTTPRequest(method: .post, url: server.url, body: body))
        #expect(received.value?.header("expect") == nil)
        #expect(received.value?.body == body)
    }

    @Test(arguments: [200, 201, 301, 302, 404, 429, 500, 503]) func `gives back any status`(status: Int) async throws {
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil {
                connection.respond(status, headers: ["Location: /elsewhere", "X-Acs-Retry-After: 1500"], text: "body")
            }
        }
        let response = try await client.send(HTTPRequest(method: .get, url: server.url))
        #expect(response.status == status)
        #expect(response.headers["x-acs-retry-after"] == "1500")
        #expect(response.body == Array("body".utf8))
        #expect(server.connectionCount == 1)
    }

    @Test func `uses one connection for one request after another`() async throws {
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil { connection.respond(text: "x") }
        }
        for _ in 0..<50 {
            #expect(try await client.send(HTTPRequest(method: .post, url: server.url)).status == 200)
        }
        #expect(server.connectionCount == 1)
    }

    @Test func `takes a new connection where the last one was idle too long`() async throws {
        let client = CurlClient(CurlSettings(userAgent: "tests/1", maximumIdleAge: 1))
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil { connection.respond(text: "x") }
        }
        let request = HTTPRequest(method: .post, url: server.url)
        _ = try await client.send(request)
        #expect(server.connectionCount == 1)
        // libcurl counts whole seconds, and only time makes a connection old.
        try await Task.sleep(for: .milliseconds(2200))
        _ = try await client.send(request)
        #expect(server.connectionCount == 2)
    }

    @Test func `takes only the last of several answers' headers`() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 103 Early Hints\r\nX-First: 1\r\n\r\n")
            connection.respond(headers: ["X-Second: 2"], text: "x")
        }
        let response = try await client.send(HTTPRequest(method: .get, url: server.url))
        #expect(response.headers["x-first"] == nil)
        #expect(response.headers["x-second"] == "2")
    }

    @Test(arguments: [false, true]) func `sends again over a new connection only where it may`(mayResend: Bool)
        async throws
    {
        // Answers once per connection; the second request on it is read and dropped.
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.respond(text: "x")
            _ = connection.readRequest()
        }
        var request = HTTPRequest(method: .post, url: server.url)
        request.allowsResend = mayResend
        _ = try await client.send(request)
        if mayResend {
            #expect(try await client.send(request).status == 200)
            #expect(server.connectionCount == 2)
        } else {
            let error = await #expect(throws: TransportError.self) { try await client.send(request) }
            #expect(error?.kind == .reset)
            #expect(error?.isStaleConnection == true)
            // And the next one is fine.
            #expect(try await client.send(request).status == 200)
        }
    }

    @Test func `measures how long it took`() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            usleep(60_000)
            connection.respond(text: "x")
        }
        let response = try await client.send(HTTPRequest(method: .get, url: server.url))
        #expect(response.duration >= .milliseconds(60))
        #expect(response.duration < .seconds(30))
    }

    @Test(arguments: [
        "ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1", "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: y", "",
        "http://[::1", "http://127.0.0.1:99999/",
    ])
    func `sends nothing to what is not a URL`(url: String) async {
        let error = await #expect(throws: TransportError.self) {
            try await client.send(HTTPRequest(method: .get, url: url))
        }
        #expect(error?.kind == .invalidRequest)
    }

    @Test(arguments: [
        ("X-A", "a\r\nX-B: b"), ("X-A", "a\nb"), ("X-A", "a\u{0}b"), ("X A", "a"), ("X:A", "a"), ("", "a"),
    ])
    func `sends no header that smuggles in another`(name: String, value: String) async {
        let error = await #expect(throws: TransportError.self) {
            try await client.send(
                HTTPRequest(method: .get, url: "http://127.0.0.1:1/", headers: [HTTPHeader(name, value)]))
        }
        #expect(error?.kind == .invalidRequest)
    }
}

/// A value that a server's thread leaves for the test.
final class Box<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var stored: Value?

    var value: Value? {
        get { lock.withLock { stored } }
        set { lock.withLock { stored = newValue } }
    }
}
