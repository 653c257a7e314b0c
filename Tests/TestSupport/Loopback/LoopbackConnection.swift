import Foundation
import Glibc
import Synchronization

/// One connection of a `LoopbackServer`.
///
/// Unchecked: used by its own thread, but for `interrupt()`, which only makes the system call that ends the others, and for
/// `reset()` and `close()`, of which the first one counts.
package final class LoopbackConnection: @unchecked Sendable {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private let isClosed = Atomic(false)

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Reads the next request, body included.
    ///
    /// - Returns: nil where the client closed the connection.
    package func readRequest() -> ReceivedRequest? {
        while true {
            if let (request, length) = ReceivedRequest.parse(buffer) {
                buffer.removeFirst(length)
                return request
            }
            guard fill() else { return nil }
        }
    }

    /// Reads the next line, which ends with LF.
    ///
    /// - Returns: it without its end; nil where the client closed the connection.
    package func readLine() -> [UInt8]? {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                let line = Array(buffer[..<end])
                buffer.removeFirst(end + 1)
                return line.last == 13 ? line.dropLast() : line
            }
            guard fill() else { return nil }
        }
    }

    /// - Returns: false where the client is gone.
    @discardableResult
    package func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                send(descriptor, buffer.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    package func write(_ text: String) -> Bool {
        write(Array(text.utf8))
    }

    /// A whole answer with its length.
    @discardableResult
    package func respond(_ status: Int = 200, headers: [String] = [], body: [UInt8] = []) -> Bool {
        let lines = ["HTTP/1.1 \(status) Status", "Content-Length: \(body.count)"] + headers
        return write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
    }

    @discardableResult
    package func respond(_ status: Int = 200, headers: [String] = [], text: String) -> Bool {
        respond(status, headers: headers, body: Array(text.utf8))
    }

    /// What has come since the last time, as soon as there is something.
    ///
    /// - Returns: nil where the client closed the connection.
    package func readSome() -> [UInt8]? {
        guard !buffer.isEmpty || fill() else { return nil }
        defer { buffer.removeAll(keepingCapacity: true) }
        return buffer
    }

    /// Waits until the client closes the connection, saying nothing.
    package func waitForEnd() {
        while fill() { buffer.removeAll(keepingCapacity: true) }
    }

    /// Closes with a RST in place of a FIN.
    package func reset() {
        guard !isClosed.load(ordering: .acquiring) else { return }
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func close() {
        // A number that is closed twice may be another file's by then.
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        Glibc.close(descriptor)
    }

    package func interrupt() {
        guard !isClosed.load(ordering: .acquiring) else { return }
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    private func fill() -> Bool {
        guard !isClosed.load(ordering: .acquiring) else { return false }
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        var count = 0
        repeat {
            count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        } while count < 0 && errno == EINTR
        guard count > 0 else { return false }
        buffer.append(contentsOf: chunk[..<count])
        return true
    }
}

/// A request as it came over the wire.
package struct ReceivedRequest: Sendable {
    package let method: String
    /// Path and query.
    package let target: String
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    /// The value of the first header of this name, whatever the case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    package var path: String { String(target.prefix { $0 != "?" }) }
    package var query: String { target.split(separator: "?", maxSplits: 1).dropFirst().first.map(String.init) ?? "" }

    /// - Returns: the request at the start of the bytes and its length; nil while it is not whole.
    static func parse(_ bytes: [UInt8]) -> (ReceivedRequest, Int)? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let start = (lines.first ?? "").split(separator: " ")
        guard start.count == 3 else { return nil }
        let headers = lines.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return (String(line[..<colon]), line[colon...].dropFirst().trimmingCharacters(in: .whitespaces))
        }
        let length = headers.first { $0.0.lowercased() == "content-length" }.flatMap { Int($0.1) } ?? 0
        guard bytes.count >= end.upperBound + length else { return nil }
        let request = ReceivedRequest(
            method: String(start[0]), target: String(start[1]), headers: headers,
            body: Array(bytes[end.upperBound..<end.upperBound + length]))
        return (request, end.upperBound + length)
    }
}
