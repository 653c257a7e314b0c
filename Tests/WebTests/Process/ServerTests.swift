import Glibc
import Model
import Store
import TestSupport
import Testing

/// What the server does with requests, asked from outside.
struct ServerTests {
    private static let policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

    @Test
    func `every answer has the headers that protect it, errors among them`() async throws {
        let web = try await WebProgram.start()
        let requests = [
            "GET / HTTP/1.1\r\nHost: localhost", "GET /nothing HTTP/1.1\r\nHost: localhost",
            "GET /api/v1/nothing HTTP/1.1\r\nHost: localhost", "POST / HTTP/1.1\r\nHost: localhost",
            "GET / HTTP/1.1\r\nHost: evil.example", "GET / HTTP/1.1", "GET / HTTP/9.9\r\nHost: localhost", "rubbish",
            "GET /api/v1/history?limit=0 HTTP/1.1\r\nHost: localhost", "GET /-/healthy HTTP/1.1\r\nHost: localhost",
            "GET /api/v1/events HTTP/1.1\r\nHost: localhost", "GET /metrics HTTP/1.1\r\nHost: localhost",
            "GET /feed.atom HTTP/1.1\r\nHost: localhost",
            "GET / HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "a", count: 70_000))",
        ]
        for request in requests {
            let connection = try RawConnection(port: web.port)
            connection.send(request + "\r\nConnection: close\r\n\r\n")
            let answer = connection.read(within: .seconds(10)) { $0.contains("\r\n\r\n") }.text
            let head = answer.components("\r\n\r\n").first ?? ""
            #expect(head.contains("Content-Security-Policy: \(Self.policy)\r\n"), "\(request.prefix(60)): \(head)")
            #expect(head.contains("X-Content-Type-Options: nosniff"), "\(request.prefix(60))")
            #expect(head.contains("Referrer-Policy: no-referrer"), "\(request.prefix(60))")
            #expect(head.contains("Vary: Accept-Language"), "\(request.prefix(60))")
            #expect(head.contains("Cache-Control: private") || head.contains("Cache-Control: no-store"))
            #expect(!head.contains("Server:") && !head.contains("Access-Control"))
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: localhost", 200), ("HEAD / HTTP/1.1\r\nHost: 127.0.0.1:1", 200),
        ("GET / HTTP/1.1\r\nHost: localhost \t", 200),
        ("GET / HTTP/1.1", 400), ("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost", 400),
        ("GET / HTTP/1.1\r\nHost: evil.example", 421), ("DELETE / HTTP/1.1\r\nHost: evil.example", 421),
        ("DELETE /nothing HTTP/1.1\r\nHost: localhost", 405), ("OPTIONS * HTTP/1.1\r\nHost: localhost", 405),
        ("GET /nothing HTTP/1.1\r\nHost: localhost", 404),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Host: x\r\nForwarded: host=x", 200),
        ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000", 405),
        ("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked", 405),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked", 400),
    ])
    func `the checks come in their order`(request: String, status: Int) async throws {
        let web = try await WebProgram.start()
        #expect(WebProgram.status(try web.raw(request + "\r\nConnection: close\r\n\r\n")) == status)
    }

    @Test
    func `one connection answers one request after the other`() async throws {
        let web = try await WebProgram.start()
        let connection = try RawConnection(port: web.port)
        connection.send(
            "GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\nGET /-/ready HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let both = connection.read { $0.contains("ready\n") }
        #expect(both.text.contains("ok\n"))
        connection.send("GET /-/healthy HTTP/1.1\r\nHost: localhost\r\nConnection: Close\r\n\r\n")
        #expect(connection.read(within: .seconds(30)).isClosed)
        let old = try RawConnection(port: web.port)
        old.send("GET /-/healthy HTTP/1.0\r\nHost: localhost\r\n\r\n")
        #expect(old.read(within: .seconds(30)).isClosed)
    }

    @Test
    func `users and token keep all but the two checks`() async throws {
        // U*U
        let hash = "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
        let web = try await WebProgram.start(
            web: #"{"users": {"ops": "\#(hash)"}, "token": "0123456789abcdef0123456789abcdef"}"#)
        // By hand: URLSession waits for ever for somebody who knows a password.
        func answer(_ path: String, _ authorization: String? = nil) throws -> String {
            let header = authorization.map { "Authorization: \($0)\r\n" } ?? ""
            return try web.raw("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(header)Connection: close\r\n\r\n")
        }
        for path in ["/", "/metrics", "/api/v1/history", "/feed.atom", "/nothing", "/api/v1/events"] {
            let refusal = try answer(path)
            #expect(WebProgram.status(refusal) == 401, "\(path)")
            #expect(refusal.contains("WWW-Authenticate: Basic realm="), "\(path)")
            #expect(refusal.contains("Bearer realm="), "\(path)")
        }
        for path in ["/-/healthy", "/-/ready"] { #expect(WebProgram.status(try answer(path)) == 200) }
        func status(_ authorization: String) throws -> Int {
            WebProgram.status(try answer("/api/v1/history", authorization))
        }
        #expect(try status("Bearer 0123456789abcdef0123456789abcdef") == 200)
        #expect(try status("Bearer 0123456789abcdef0123456789abcdee") == 401)
        #expect(try status("Basic b3BzOlUqVQ==") == 200)
        #expect(try status("Basic b3BzOlUqVg==") == 401)
        #expect(WebProgram.status(try answer("/api/v1/history?token=0123456789abcdef0123456789abcdef")) == 401)
    }

    @Test
    func `lists are paged without loss, whatever is written meanwhile`() async throws {
        let folder = try TemporaryFolder()
        let store = try EventStore(
            path: folder.file("polarai.db"), at: WebProgram.start, durability: .none, newInstallation: "k3v9x2ab")
        try store.fill()
        let web = try await WebProgram.start(folder: folder, fill: nil)
        var seen: [Int64] = []
        var path: String? = "/api/v1/history?limit=4&cluster=pm-*"
        while let next = path {
            let answer = try await web.client.send("GET", next)
            let json = try answer.json()
            for item in json["items"]?.arrayValue ?? [] {
                if case .integer(let seq)? = item["seq"] { seen.append(seq) }
            }
            let link = answer.headers["link"]
            #expect((link == nil) == (json["next"]?.isNull == true))
            path = link.map { String($0.dropFirst().prefix { $0 != ">" }) }
            #expect(path?.contains("limit=4") != false && path?.contains("cluster=pm-*") != false)
            try store.add(100 + seen.count, of: "pm-9")
        }
        #expect(seen == Array((1...10).reversed()))
        let alerts = try await web.client.json("GET", "/api/v1/alerts?limit=3&target=ops")
        #expect(alerts["items"]?.arrayValue?.count == 3)
        let next = try #require(alerts["next"]?.stringValue)
        let more = try await web.client.json("GET", "/api/v1/alerts?limit=1000&target=ops&cursor=\(next)")
        let both = (alerts["items"]?.arrayValue ?? []) + (more["items"]?.arrayValue ?? [])
        #expect(Set(both.compactMap { $0["id"]?.stringValue }).count == both.count)
        #expect(both.count == 10 + 3)
    }

    @Test
    func `without a database it starts, says so, and opens it when it comes`() async throws {
        let web = try await WebProgram.start(fill: nil)
        #expect(try await web.client.send("GET", "/-/ready").status == 503)
        #expect(try await web.client.send("GET", "/-/healthy").status == 200)
        let answer = try await web.client.send("GET", "/api/v1/history")
        #expect(answer.status == 503)
        #expect(answer.headers["content-type"] == "application/problem+json")
        #expect(try await web.client.send("GET", "/").status == 503)
        let store = try EventStore(path: web.database, at: WebProgram.start, durability: .none)
        try store.fill()
        #expect(try await web.client.send("GET", "/-/ready").status == 200)
        #expect(try await web.client.json("GET", "/api/v1/history")["items"]?.arrayValue?.count == 10)
    }

    @Test
    func `a file that was read while nobody wrote it is read on when a daemon comes`() async throws {
        let folder = try TemporaryFolder()
        do {
            let store = try EventStore(
                path: folder.file("polarai.db"), at: WebProgram.start, durability: .none, newInstallation: "k3v9x2ab")
            try store.fill()
        }
        let web = try await WebProgram.start(folder: folder, fill: nil)
        #expect(try await web.client.json("GET", "/api/v1/history")["items"]?.arrayValue?.count == 10)
        let store = try EventStore(path: folder.file("polarai.db"), at: WebProgram.start, durability: .none)
        try store.add(10, of: "pm-1")
        #expect(try await web.client.json("GET", "/api/v1/history")["items"]?.arrayValue?.count == 11)
        #expect(try await web.client.send("GET", "/-/ready").status == 200)
    }

    @Test
    func `behind a proxy links are those of the outside, and the base path is left to the inside`() async throws {
        let web = try await WebProgram.start(
            web: #"{"base_path": "/in", "external_url": "https://status.example.com/out"}"#)
        #expect(try await web.client.send("GET", "/").status == 404)
        #expect(try await web.client.send("GET", "/-/healthy").status == 404)
        #expect(try await web.client.send("GET", "/in/-/healthy").status == 200)
        let page = try await web.client.send("GET", "/in/").text
        #expect(page.contains("href=\"/out/history\"") && !page.contains("\"/in/"))
        let list = try await web.client.send("GET", "/in/api/v1/history?limit=2")
        #expect(list.headers["link"] == "</out/api/v1/history?limit=2&cursor=9>; rel=\"next\"")
        #expect(
            try await web.client.send("GET", "/in/feed.atom").text.contains(
                "href=\"https://status.example.com/out/feed.atom\""))
        let answer = try web.raw("GET /in/ HTTP/1.1\r\nHost: STATUS.example.com:443\r\nConnection: close\r\n\r\n")
        #expect(WebProgram.status(answer) == 200)
    }

    @Test
    func `a mark spares the content, however it is written`() async throws {
        let web = try await WebProgram.start()
        for path in [
            "/", "/history", "/runs", "/alerts", "/silences", "/tasks/pm-1", "/api/v1/history", "/api/v1/silences",
            "/api/v1/status", "/feed.atom",
        ] {
            let first = try await web.client.send("GET", path)
            #expect(first.status == 200, "\(path): \(first.text)")
            let tag = try #require(first.headers["etag"])
            for known in [tag, "W/\(tag)", "\"x\", W/\(tag)", "*"] {
                let again = try web.raw(
                    "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(web.port)\r\nIf-None-Match: \(known)\r\nConnection: close\r\n\r\n"
                )
                #expect(WebProgram.status(again) == 304, "\(path) \(known)")
            }
        }
    }

    @Test
    func `SIGHUP reads who may log in again, and a bad config changes nothing`() async throws {
        let web = try await WebProgram.start()
        #expect(try await web.client.send("GET", "/").status == 200)
        try WebProgram.writeConfig(web.folder, web: #"{"token": "0123456789abcdef", "hosts": ["status.example.com"]}"#)
        web.program.signal(SIGHUP)
        try await eventually("the token to be asked for") {
            let answer = try web.raw("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return WebProgram.status(answer) == 401
        }
        let answer = try web.raw("GET /-/healthy HTTP/1.1\r\nHost: status.example.com\r\nConnection: close\r\n\r\n")
        #expect(WebProgram.status(answer) == 200)
        try WebProgram.writeConfig(web.folder, web: #"{"tokens": 1}"#)
        web.program.signal(SIGHUP)
        try await web.program.awaitLine(onErrors: true) { $0.contains("refused") }
        let again = try web.raw("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        #expect(WebProgram.status(again) == 401)
    }

    @Test
    func `a bad config is 78, a port that is taken 74 with its name`() async throws {
        let web = try await WebProgram.start()
        let taken = try await run(
            ProgramPath.built("polarai-web"), ["--config", web.config, "--listen", "127.0.0.1:\(web.port)"])
        #expect(taken.exitCode == 74)
        #expect(taken.errors.contains("127.0.0.1:\(web.port)"))
        let bad = try web.folder.write("bad.json", #"{"web": {"users": {"a": "plain"}}}"#)
        let refused = try await run(ProgramPath.built("polarai-web"), ["--config", bad])
        #expect(refused.exitCode == 78)
        #expect(refused.errors.contains("web.users.a"))
        for url in ["postgresql://ops:Heidelerche-7@h/d", "postgresql://h/d?password=Heidelerche-7", "postgresql://["] {
            let usage = try await run(ProgramPath.built("polarai-web"), ["--database", url])
            #expect(usage.exitCode == 64, "\(url): \(usage.errors)")
            #expect(!usage.errors.contains("Heidelerche"))
        }
    }

    @Test
    func `a stop ends streams and waiting connections at once`() async throws {
        let web = try await WebProgram.start()
        let idle = try RawConnection(port: web.port)
        let stream = try RawConnection(port: web.port)
        stream.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(stream.read { $0.contains("retry:") }.text.contains("text/event-stream"))
        let began = ContinuousClock.now
        let ending = try await web.program.stop()
        #expect(ending == .exit(0))
        #expect(began.duration(to: .now) < .seconds(3))
        #expect(stream.read(within: .seconds(30)).isClosed)
        #expect(idle.read(within: .seconds(30)).isClosed)
    }
}

extension String {
    /// Split at a text, without Foundation.
    fileprivate func components(_ separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
