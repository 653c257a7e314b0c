import Testing

@testable import Daemon

struct ControlCallReaderTests {
    private func read(_ text: String) -> ControlCallReader.Progress {
        var reader = ControlCallReader()
        return reader.read(Array(text.utf8))
    }

    private func status(_ progress: ControlCallReader.Progress) -> Int? {
        if case .refused(let reply) = progress { reply.status } else { nil }
    }

    @Test func `a request of curl is read`() {
        let text = "GET /v1/status HTTP/1.1\r\nHost: localhost\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n"
        #expect(read(text) == .call(ControlCall(method: "GET", path: "/v1/status")))
    }

    @Test func `a body of the announced length is read, and a query is not part of the path`() {
        let text = "POST /v1/poll?x=1 HTTP/1.1\r\nhost:x\r\nCONTENT-LENGTH:  4 \r\n\r\nabcdefg"
        #expect(read(text) == .call(ControlCall(method: "POST", path: "/v1/poll", body: Array("abcd".utf8))))
    }

    @Test func `the processes that are meant are read, and what cannot be read means nobody`() {
        func meant(_ headers: String) -> Set<Int32>? {
            guard case .call(let call) = read("DELETE /v1/silences/1 HTTP/1.1\r\nHost: x\r\n\(headers)\r\n") else {
                return nil
            }
            return call.meant
        }
        #expect(meant("") == nil)
        #expect(meant("Polarai-Daemon-Pid: 4711\r\n") == [4711])
        #expect(meant("polarai-daemon-pid: 12,4711\r\n") == [12, 4711])
        #expect(meant("Polarai-Daemon-Pid: all\r\n") == [])
        #expect(meant("Polarai-Daemon-Pid: 99999999999\r\n") == [])
    }

    @Test func `it does not matter in which pieces the bytes come`() {
        let bytes = Array("POST /v1/poll HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}".utf8)
        for cut in 1..<bytes.count {
            var reader = ControlCallReader()
            #expect(reader.read(bytes[..<cut]) == .needsMore)
            #expect(
                reader.read(bytes[cut...])
                    == .call(ControlCall(method: "POST", path: "/v1/poll", body: Array("{}".utf8))))
        }
    }

    @Test(arguments: [
        ("\r\n\r\n", 400), ("GET\r\n\r\n", 400), ("GET  /v1/status HTTP/1.1\r\n\r\n", 400),
        ("GET http://x/v1/status HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/2\r\n\r\n", 505),
        ("\u{16}\u{3}\u{1} TLS\r\n\r\n", 400), ("GET / HTTP/1.1\r\nbroken\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", 400), ("GET / HTTP/1.1\r\nA : b\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400), ("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nContent-Length: 65537\r\n\r\n", 413),
        ("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        ("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n", 417),
    ])
    func `what is not a small whole request is refused with its status`(text: String, expected: Int) {
        #expect(status(read(text)) == expected)
    }

    @Test func `a head without end is refused before it costs memory`() {
        var reader = ControlCallReader()
        var progress = ControlCallReader.Progress.needsMore
        var sent = 0
        while progress == .needsMore, sent < 1 << 20 {
            progress = reader.read([UInt8](repeating: UInt8(ascii: "a"), count: 1000))
            sent += 1000
        }
        #expect(status(progress) == 431)
        #expect(sent <= ControlCallReader.maximumHeadBytes + 1000)
    }
}
