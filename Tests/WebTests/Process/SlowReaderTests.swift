import Store
import TestSupport
import Testing

/// Readers that do not take an answer as soon as it is there.
struct SlowReaderTests {
    /// - Parameter isHalfClosed: whether the reader closes its side once it has asked, as HTTP/1.0 clients and nc do.
    @Test(arguments: [false, true])
    func `a long answer arrives whole, however late it is read`(isHalfClosed: Bool) async throws {
        let web = try await WebProgram.start(fill: { try $0.fillLong() })
        let connection = try RawConnection(port: web.port)
        connection.send("GET /api/v1/history?limit=1000 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        if isHalfClosed { connection.finish() }
        // Longer than a connection stays open behind its last answer.
        try await Task.sleep(for: .seconds(3))
        let answer = connection.read(within: .seconds(60))
        #expect(answer.isClosed)
        let bytes = Array(answer.text.utf8)
        let end = try #require(bytes.firstRange(of: Array("\r\n\r\n".utf8))).upperBound
        let head = String(decoding: bytes[..<end], as: UTF8.self)
        let field = head.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }
        let length = try #require(field.flatMap { Int($0.dropFirst(16)) })
        #expect(length > 6_000_000)
        #expect(bytes.count - end == length)
    }
}
