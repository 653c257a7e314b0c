import Daemon
import HTTPTransport
import Model
import Testing

struct HeartbeatRequestTests {
    private func beat(_ kind: HeartbeatSettings.Kind, _ url: String, _ roundTrip: Duration? = nil) -> HTTPRequest {
        HeartbeatRequest.beat(kind, url: url, status: "3 watched", roundTrip: roundTrip, timeout: .seconds(10))
    }

    @Test func `plain is the address as it is`() {
        let request = beat(.plain, "https://nosnch.in/abc?m=a%20b")
        #expect(request.method == .get && request.url == "https://nosnch.in/abc?m=a%20b" && request.body.isEmpty)
        #expect(HeartbeatRequest.failure(.plain, url: "https://a/b", reason: "r", timeout: .seconds(1)) == nil)
    }

    @Test(arguments: [
        ("https://kuma.example/api/push/Tok", "https://kuma.example/api/push/Tok?status=up&msg=OK&ping=41"),
        (
            "https://kuma.example/api/push/Tok?status=down&msg=x&ping=&keep=1&statusx=2",
            "https://kuma.example/api/push/Tok?keep=1&statusx=2&status=up&msg=OK&ping=41"
        ),
        ("http://h/p?a=b#part", "http://h/p?a=b&status=up&msg=OK&ping=41"),
    ])
    func `push has its three parameters, in place of those in the address`(url: String, expected: String) {
        #expect(beat(.push, url, .milliseconds(41)).url == expected)
        #expect(beat(.push, url).url == expected.dropLast(2))
        #expect(beat(.push, url).method == .get)
        #expect(HeartbeatRequest.failure(.push, url: url, reason: "r", timeout: .seconds(1)) == nil)
    }

    @Test(arguments: [
        ("https://hc-ping.com/uuid", "https://hc-ping.com/uuid/fail"),
        ("https://hc-ping.com/key/slug/?create=1", "https://hc-ping.com/key/slug/fail?create=1"),
    ])
    func `healthchecks is a POST, and has an address for failures`(url: String, failing: String) throws {
        let request = beat(.healthchecks, url)
        #expect(request.method == .post && request.url == url)
        #expect(String(decoding: request.body, as: UTF8.self) == "3 watched")
        let failure = try #require(
            HeartbeatRequest.failure(.healthchecks, url: url, reason: "no answers", timeout: .seconds(1)))
        #expect(failure.method == .post && failure.url == failing)
        #expect(String(decoding: failure.body, as: UTF8.self) == "no answers")
    }
}
