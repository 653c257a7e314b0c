import Foundation
import HTTPTransport
import Model
import TestSupport
import Testing

/// Servers that do what they should not.
@Suite(.timeLimit(.minutes(10)))
struct BrokenServerTests {
    private let client = CurlClient(userAgent: "tests/1")

    private func failure(_ request: HTTPRequest) async -> TransportError? {
        await #expect(throws: TransportError.self) { try await client.send(request) }
    }

    @Test func `cuts an answer off at its limit while it arrives`() async throws {
        let sent = Box<Int>()
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 65, count: 65_536) + Array("\r\n".utf8)
            var count = 0
            while count < 200, connection.write(chunk) { count += 1 }
            sent.value = count * 65_536
        }
        let error = await failure(HTTPRequest(method: .get, url: server.url))
        #expect(error?.kind == .tooLarge)
        #expect(
            error?.message
                == "\(server.url) answered with status 200, but its body is over the limit of 1048576 bytes; "
                + "check that this is the right address")
        // What the sockets' buffers hold is all that was sent beyond the limit.
        try await eventually("the server's end") { sent.value != nil }
        #expect(sent.value ?? 0 < 13_000_000)
    }

    @Test func `takes an answer of exactly its limit`() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.respond(body: [UInt8](repeating: 65, count: 1000))
        }
        var request = HTTPRequest(method: .get, url: server.url)
        request.maximumBodySize = 1000
        #expect(try await client.send(request).body.count == 1000)
        request.maximumBodySize = 999
        #expect(await failure(request)?.kind == .tooLarge)
    }

    @Test func `unpacks gzip and counts what comes out of it`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("small", "an answer")
        try shell("gzip -c \(folder.file("small")) > \(folder.file("small.gz"))")
        try shell("head -c 20000000 /dev/zero | gzip -9 > \(folder.file("bomb.gz"))")
        let files = try ["small.gz", "bomb.gz"].map {
            try Array(Data(contentsOf: URL(fileURLWithPath: folder.file($0))))
        }
        #expect(files[1].count < 100_000)
        let server = try LoopbackServer { connection in
            while let request = connection.readRequest() {
                connection.respond(headers: ["Content-Encoding: gzip"], body: files[request.path == "/small" ? 0 : 1])
            }
        }
        #expect(
            try await client.send(HTTPRequest(method: .get, url: server.url + "/small")).body == Array("an answer".utf8)
        )
        #expect(await failure(HTTPRequest(method: .get, url: server.url + "/bomb"))?.kind == .tooLarge)
    }

    @Test func `refuses gzip that is none`() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.respond(headers: ["Content-Encoding: gzip"], text: "this is not gzip at all")
        }
        #expect(await failure(HTTPRequest(method: .get, url: server.url))?.kind == .malformed)
    }

    /// Sizes and numbers of header lines; libcurl has limits of its own beyond ours, and other words for them.
    @Test(arguments: [(50, 4000), (90_000, 1), (120_000, 1), (400_000, 1), (9000, 50)])
    func `bounds headers as well`(size: Int, count: Int) async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 503 Busy\r\n")
            for number in 0..<count where !connection.write("X-\(number): \(String(repeating: "y", count: size))\r\n") {
                return
            }
            connection.write("Content-Length: 0\r\n\r\n")
        }
        let error = await failure(HTTPRequest(method: .get, url: server.url))
        #expect(error?.kind == .tooLarge)
        #expect(
            error?.message.contains("status 503 and more than 64 KiB of headers") == true,
            "\(String(describing: error))")
    }

    // MARK: - The status decides

    enum Ending: String, CaseIterable, Sendable {
        case tooLarge, tooLargeChunked, falseGzip, cut, cutChunk, reset, stalls, drips
        case endlessHead, falseLength, cutHead, stallingHead
    }

    @Test(arguments: Ending.allCases, [204, 200, 202, 500])
    func `what follows the status line takes nothing from the status`(ending: Ending, status: Int) async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 \(status) Status\r\nX-Name: value\r\n")
            switch ending {
            case .tooLarge:
                connection.write("Content-Length: 4000000\r\n\r\n")
                var count = 0
                while count < 400, connection.write([UInt8](repeating: 65, count: 10_000)) { count += 1 }
            case .tooLargeChunked:
                connection.write("Transfer-Encoding: chunked\r\n\r\n")
                while connection.write("3e8\r\n" + String(repeating: "x", count: 1000) + "\r\n") {}
            case .falseGzip: connection.write("Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnone")
            case .cut: connection.write("Content-Length: 100\r\n\r\nhalf")
            case .cutChunk: connection.write("Transfer-Encoding: chunked\r\n\r\n64\r\nhalf")
            case .reset:
                connection.write("Content-Length: 100\r\n\r\nhalf")
                connection.reset()
            case .stalls:
                connection.write("Content-Length: 100\r\n\r\nhalf")
                connection.waitForEnd()
            case .drips:
                connection.write("Content-Length: 1000\r\n\r\n")
                while connection.write("x") { usleep(20_000) }
            case .endlessHead: while connection.write("X-More: " + String(repeating: "m", count: 1000) + "\r\n") {}
            case .falseLength: connection.write("Content-Length: -3\r\n\r\nbody")
            case .cutHead: connection.write("Content-Le")
            case .stallingHead:
                connection.write("Content-Le")
                connection.waitForEnd()
            }
        }
        let isSlow = [.stalls, .drips, .stallingHead].contains(ending)
        let options = ConnectionOptions(timeout: isSlow ? .milliseconds(300) : .seconds(20))
        let request = HTTPRequest(
            method: .post, url: server.url, connection: options, maximumBodySize: 5000, statusDecides: true)
        let response = try await client.send(request)
        #expect(response.status == status)
        #expect(response.headers["x-name"] == "value")
        #expect(response.body.count <= 5000)
        // No body belongs to a 204, whatever its headers say, and libcurl takes a head that is cut for a whole one; else
        // such an answer is still none.
        var whole = request
        whole.statusDecides = false
        if status != 204, ending != .cutHead { #expect(await failure(whole) != nil) }
        whole.decidingStatus = status == 202 ? 200 : 202
        if status != 204, ending != .cutHead { #expect(await failure(whole) != nil) }
        whole.decidingStatus = status
        if status != 204 { #expect(try await client.send(whole).status == status) }
    }

    @Test func `an interim answer is not a status`() async throws {
        let interim = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 100 Continue\r\n\r\n")
        }
        #expect(await failure(HTTPRequest(method: .post, url: interim.url, statusDecides: true)) != nil)
    }

    @Test func `gives up on a mute server`() async throws {
        let server = try LoopbackServer { $0.waitForEnd() }
        let request = HTTPRequest(
            method: .get, url: server.url + "/?AccessKeySecret=s3cret",
            connection: ConnectionOptions(timeout: .milliseconds(200)))
        let error = await failure(request)
        #expect(error?.kind == .timeout)
        #expect(error?.message == "http://127.0.0.1:\(server.port) did not answer within 200ms")
    }

    @Test func `gives up on a server that drips`() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while connection.write("x") { usleep(200_000) }
        }
        let options = ConnectionOptions(timeout: .seconds(30), lowSpeedLimit: 100, lowSpeedTime: .seconds(1))
        let error = await failure(HTTPRequest(method: .get, url: server.url, connection: options))
        #expect(error?.kind == .timeout)
        #expect(error?.message.contains("too slowly") == true)
    }

    enum Fault: String, CaseIterable, Sendable {
        case closes, resets, closesMidBody, resetsMidBody, cutsChunk, talksGarbage, talksOldHTTP
    }

    @Test(arguments: Fault.allCases) func `says what went wrong`(fault: Fault) async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            switch fault {
            case .closes: break
            case .resets: connection.reset()
            case .closesMidBody: connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            case .resetsMidBody:
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
                connection.reset()
            case .cutsChunk: connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf")
            case .talksGarbage: connection.write("SSH-2.0-OpenSSH_9.2p1\r\n\r\n")
            case .talksOldHTTP: connection.write("<html>hello</html>")
            }
        }
        let error = await failure(HTTPRequest(method: .get, url: server.url + "/secret-path?token=t0ken"))
        let expected: TransportError.Kind = fault == .talksGarbage || fault == .talksOldHTTP ? .malformed : .reset
        #expect(error?.kind == expected)
        #expect(error?.message.contains("http://127.0.0.1:\(server.port)") == true)
        #expect(error?.message.contains("t0ken") == false)
        #expect(error?.message.contains("secret-path") == false)
    }

    @Test func `says that nobody listens`() async throws {
        let server = try LoopbackServer { _ in }
        server.stop()
        let error = await failure(HTTPRequest(method: .get, url: server.url))
        #expect(error?.kind == .connect)
        #expect(error?.message.hasPrefix("cannot connect to http://127.0.0.1:\(server.port)") == true)
    }

    @Test func `says that a name does not resolve`() async throws {
        let options = ConnectionOptions(connectTimeout: .seconds(20), timeout: .seconds(20), proxy: .none)
        let error = await failure(
            HTTPRequest(method: .get, url: "http://nothing.invalid/?token=t0ken", connection: options))
        #expect(error?.kind == .resolve)
        #expect(error?.message.contains("http://nothing.invalid") == true)
        #expect(error?.message.contains("t0ken") == false)
    }

    private func shell(_ command: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}
