import Glibc
import Model
import Store
import TestSupport
import Testing

/// `/api/v1/events`, asked from outside.
struct StreamTests {
    private func open(_ web: WebProgram, lastEventID: String? = nil) throws -> RawConnection {
        let connection = try RawConnection(port: web.port)
        let last = lastEventID.map { "Last-Event-ID: \($0)\r\n" } ?? ""
        connection.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\(last)\r\n")
        _ = connection.read { $0.contains("retry:") }
        return connection
    }

    private func ids(_ text: String) -> [Int] {
        text.split(whereSeparator: \.isNewline).compactMap { $0.hasPrefix("id: ") ? Int($0.dropFirst(4)) : nil }
    }

    private func makeStore(_ folder: TemporaryFolder) throws -> EventStore {
        let store = try EventStore(
            path: folder.file("polarai.db"), at: WebProgram.start, durability: .none, newInstallation: "k3v9x2ab")
        try store.fill()
        return store
    }

    @Test
    func `an event arrives within a second of its commit, once, as history has it`() async throws {
        let folder = try TemporaryFolder()
        let store = try makeStore(folder)
        let web = try await WebProgram.start(folder: folder, fill: nil)
        let stream = try open(web)
        for number in 10..<13 {
            try store.add(number, of: "pm-1")
            let text = stream.read(within: .seconds(30)) { ids($0).last == number + 1 }.text
            #expect(ids(text) == Array(11...number + 1))
            #expect(!text.contains("event:"))
        }
        let line = try #require(
            stream.read(within: .zero).text.split(separator: "\n").last { $0.hasPrefix("data: ") })
        let object = try JSONValue(parsing: Array(line.dropFirst(6).utf8))
        let listed = try await web.client.json("GET", "/api/v1/history?limit=1")
        #expect(object == listed["items"]?.arrayValue?.first)
    }

    @Test(arguments: [("7", [8, 9, 10]), ("0", Array(1...10)), ("10", []), ("11", []), ("-1", []), ("abc", [])])
    func `a stream goes on behind the last event that its reader had`(last: String, expected: [Int]) async throws {
        let folder = try TemporaryFolder()
        let store = try makeStore(folder)
        let web = try await WebProgram.start(folder: folder, fill: nil)
        let stream = try open(web, lastEventID: last)
        try store.add(10, of: "pm-1")
        #expect(ids(stream.read(within: .seconds(30)) { ids($0).last == 11 }.text) == expected + [11])
    }

    @Test
    func `a stream that began before the database came begins where its reader was, or with what comes`() async throws {
        let folder = try TemporaryFolder()
        let web = try await WebProgram.start(folder: folder, fill: nil)
        let (behind, fresh) = (try open(web, lastEventID: "7"), try open(web))
        // It comes as a whole, as with a file system that is mounted.
        let made = try EventStore(
            path: folder.file("made.db"), at: WebProgram.start, durability: .none, newInstallation: "k3v9x2ab")
        try made.fill()
        try made.close()
        rename(folder.file("made.db"), folder.file("polarai.db"))
        #expect(ids(behind.read(within: .seconds(30)) { ids($0).last == 10 }.text) == [8, 9, 10])
        let store = try EventStore(path: folder.file("polarai.db"), at: WebProgram.start, durability: .none)
        try store.add(10, of: "pm-1")
        #expect(ids(behind.read(within: .seconds(30)) { ids($0).last == 11 }.text) == [8, 9, 10, 11])
        #expect(ids(fresh.read(within: .seconds(30)) { ids($0).last == 11 }.text) == [11])
    }

    @Test
    func `a database that is replaced by its backup goes on without a hole`() async throws {
        let folder = try TemporaryFolder()
        var store: EventStore? = try makeStore(folder)
        let web = try await WebProgram.start(folder: folder, fill: nil)
        try HistoryReader(path: folder.file("polarai.db")).backup(to: folder.file("copy.db"))
        try store?.add(10, of: "pm-1")
        let stream = try open(web, lastEventID: "10")
        #expect(ids(stream.read { ids($0).last == 11 }.text) == [11])
        store = nil
        for name in ["polarai.db", "polarai.db-wal", "polarai.db-shm"] { unlink(folder.file(name)) }
        rename(folder.file("copy.db"), folder.file("polarai.db"))
        let restored = try EventStore(
            path: folder.file("polarai.db"), at: WebProgram.start, durability: .none, newInstallation: "zzzzzzzz")
        try restored.add(20, of: "pm-2")
        let text = stream.read(within: .seconds(30)) { ids($0).count == 2 }.text
        #expect(ids(text) == [11, 11])
        #expect(text.contains("zzzzzzzz-11"))
    }

    @Test
    func `a stream is silent for fifteen seconds at most, whenever an event came`() async throws {
        let folder = try TemporaryFolder()
        let store = try makeStore(folder)
        let web = try await WebProgram.start(folder: folder, fill: nil)
        let stream = try open(web)
        // A rhythm that began with the stream would have its second beat thirty seconds after it.
        try await Task.sleep(for: .seconds(2))
        try store.add(10, of: "pm-1")
        // Asked for again and again, so that no thread of other tests stands still meanwhile.
        func text() -> String { stream.read(within: .milliseconds(1)).text }
        try await eventually("the event") { text().contains("id: 11\n") }
        try await eventually("a comment", within: .seconds(25), every: .milliseconds(100)) {
            text().contains(": still here\n")
        }
    }

    @Test
    func `an answer to HEAD has no body, and the next answer begins behind its head`() async throws {
        let web = try await WebProgram.start()
        let connection = try RawConnection(port: web.port)
        connection.send("HEAD /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        connection.send("GET /-/healthy HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        let answers = connection.read(within: .seconds(30))
        let parts = answers.text.split(separator: "\r\n\r\n", omittingEmptySubsequences: false)
        #expect(answers.isClosed && parts.count == 3, "\(answers.text)")
        #expect(parts.first?.contains("text/event-stream") == true)
        #expect(parts.dropFirst().first?.hasPrefix("HTTP/1.1 200 OK\r\n") == true, "\(answers.text)")
        #expect(parts.last == "ok\n")
    }

    @Test(arguments: [("HTTP/1.1", true), ("HTTP/1.0", false)])
    func `a stream is sent in chunks where HTTP has them`(version: String, isChunked: Bool) async throws {
        let web = try await WebProgram.start()
        let stream = try RawConnection(port: web.port)
        stream.send("GET /api/v1/events \(version)\r\nHost: localhost\r\n\r\n")
        let text = stream.read(within: .seconds(30)) { $0.contains("events of polarai-daemon") }.text
        #expect(text.contains("Transfer-Encoding: chunked\r\n") == isChunked, "\(text)")
        #expect(text.contains("\r\n\r\nretry: 2000\n") != isChunked, "\(text)")
    }

    @Test
    func `the stream beyond the hundredth is refused, and a place that is left is given again`() async throws {
        let web = try await WebProgram.start()
        var streams = try (0..<100).map { _ in try open(web) }
        let answer = try await web.client.send("GET", "/api/v1/events")
        #expect(answer.status == 503)
        #expect(answer.headers["retry-after"] != nil)
        streams.removeLast()
        try await eventually("a place") {
            let stream = try RawConnection(port: web.port)
            stream.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return stream.read(within: .seconds(30)) { $0.contains("\r\n\r\n") }.text.hasPrefix("HTTP/1.1 200")
        }
    }
}
