import Testing

@testable import Web

struct GateTests {
    private let rules = AccessRules(hosts: ["status.example.com"], basePath: "/")

    private func refusal(_ request: WebRequest, _ rules: AccessRules? = nil) -> Gate.Refusal? {
        do {
            _ = try Gate.check(request, rules ?? self.rules)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "127.0.0.1", "127.0.0.1:9478", "10.20.30.40:80", "[::1]", "[2001:db8::7]:443", "localhost", "LocalHost:1",
        "localhost.", "a.localhost", "ip6-localhost", "status.example.com", "STATUS.Example.Com:8443",
        "status.example.com.",
    ])
    func `addresses, loopback names and configured names are answered, with any port and in any case`(host: String) {
        #expect(refusal(WebRequest(method: "GET", target: "/", headers: [("Host", host)])) == nil)
    }

    @Test(arguments: [
        ("evil.example", "evil.example"), ("127.1", "127.1"), ("0x7f000001", "0x7f000001"),
        ("status.example.com.evil.example", "status.example.com.evil.example"), ("localhost.evil", "localhost.evil"),
        ("notlocalhost", "notlocalhost"),
    ])
    func `any other name is misdirected`(host: String, name: String) {
        #expect(
            refusal(WebRequest(method: "POST", target: "/nothing", headers: [("Host", host)])) == .misdirected(name))
    }

    @Test(arguments: [
        [], [("Host", "")], [("Host", "localhost"), ("host", "localhost")], [("Host", "a b")],
        [("Host", "localhost:x")],
        [("Host", "user@localhost")], [("Host", "[::1")], [("Host", "localhost/")], [("Host", ":80")],
    ])
    func `no host, two, or what is none is malformed`(headers: [(String, String)]) {
        guard case .malformed? = refusal(WebRequest(method: "GET", target: "/", headers: headers)) else {
            Issue.record("\(headers) was taken")
            return
        }
    }

    @Test
    func `a request for a whole address must be meant for us as well`() {
        let headers = [("Host", "localhost")]
        #expect(refusal(WebRequest(method: "GET", target: "http://localhost/history", headers: headers)) == nil)
        #expect(
            refusal(WebRequest(method: "GET", target: "http://evil.example/", headers: headers))
                == .misdirected("evil.example"))
        guard case .malformed? = refusal(WebRequest(method: "GET", target: "history", headers: headers)) else {
            Issue.record("a target without a slash was taken")
            return
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "BREW", "get", "CONNECT"])
    func `only GET and HEAD are answered`(method: String) {
        let target = method == "CONNECT" ? "localhost:80" : "/"
        #expect(
            refusal(WebRequest(method: method, target: target, headers: [("Host", "localhost")])) == .method)
    }

    @Test
    func `below a base path nothing else is ours`() throws {
        let rules = AccessRules(basePath: "/polarai/")
        func path(_ target: String) throws -> String? {
            try Gate.check(WebRequest(method: "GET", target: target, headers: [("Host", "localhost")]), rules).path
        }
        #expect(try path("/polarai/") == "")
        #expect(try path("/polarai/history?limit=3") == "history")
        #expect(try path("/history") == nil)
        #expect(try path("/polarai") == nil)
        #expect(try path("/polaraix/") == nil)
    }
}
