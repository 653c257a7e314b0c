import Model

/// One request on the control socket.
package struct ControlCall: Hashable, Sendable {
    package let method: String
    /// Without a query.
    package let path: String
    package var body: [UInt8] = []
    /// The processes of which one is meant; nil if any daemon is.
    package var meant: Set<Int32>?
    /// Who sent it, by the kernel's word; nil if that is not known.
    package var peer: String?

    /// Names the processes that may answer, by their pids with commas between them: a command is about a database, and another
    /// daemon may have the socket.
    static let meantHeader = "Polarai-Daemon-Pid"
}

/// Reads one HTTP/1.1 request (RFC 9112) as its bytes come in.
///
/// Small on purpose: a head of a few lines, a body whose length is given. What a program of an operator does not send
/// (chunked bodies, `Expect`, folded headers) is refused with the status that says so.
struct ControlCallReader {
    enum Progress: Equatable {
        case needsMore
        case call(ControlCall)
        case refused(ControlReply)
    }

    static let maximumHeadBytes = 8 * 1024
    static let maximumBodyBytes = 64 * 1024

    private let longestBody: Int
    private var bytes: [UInt8] = []

    /// - Parameter longestBody: in bytes; a longer one is refused.
    init(longestBody: Int = maximumBodyBytes) {
        self.longestBody = longestBody
    }

    mutating func read(_ new: some Sequence<UInt8>) -> Progress {
        bytes += new
        guard let headEnd = Self.endOfHead(bytes) else {
            return bytes.count > Self.maximumHeadBytes
                ? .refused(.error(431, "the head of the request is longer than \(Self.maximumHeadBytes) bytes"))
                : .needsMore
        }
        do {
            let head = try Head(String(decoding: bytes[..<headEnd], as: UTF8.self))
            let length = try head.bodyLength(atMost: longestBody)
            guard bytes.count - headEnd >= length else { return .needsMore }
            let body = Array(bytes[headEnd..<(headEnd + length)])
            return .call(ControlCall(method: head.method, path: head.path, body: body, meant: head.meant))
        } catch {
            return .refused(error)
        }
    }

    /// Behind the empty line.
    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        let newline = UInt8(ascii: "\n")
        var lineStart = 0
        for index in bytes.indices.prefix(maximumHeadBytes) where bytes[index] == newline {
            let isEmpty = index == lineStart || (index == lineStart + 1 && bytes[lineStart] == UInt8(ascii: "\r"))
            if isEmpty { return index + 1 }
            lineStart = index + 1
        }
        return nil
    }
}

private struct Head {
    let method: String
    let path: String
    private let headers: [(name: String, value: String)]

    init(_ text: String) throws(ControlReply) {
        var lines = text.split(whereSeparator: \.isNewline)
        guard !lines.isEmpty else { throw .error(400, "the request is empty") }
        let words = lines.removeFirst().split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, !words[0].isEmpty, words[1].hasPrefix("/") else {
            throw .error(400, "the first line is not `METHOD /path HTTP/1.1`")
        }
        guard words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0" else {
            throw .error(505, "only HTTP/1.1 is supported")
        }
        method = String(words[0])
        path = String(words[1].prefix { $0 != "?" })
        var headers: [(name: String, value: String)] = []
        for line in lines {
            guard let colon = line.firstIndex(of: ":"), let last = line[..<colon].last, !last.isWhitespace,
                line.first?.isWhitespace == false
            else { throw .error(400, "a header is not `Name: value`") }
            let value = line[line.index(after: colon)...].split(whereSeparator: \.isWhitespace).joined(separator: " ")
            headers.append((line[..<colon].lowercased(), value))
        }
        self.headers = headers
    }

    /// 0 if the head announces no body.
    func bodyLength(atMost limit: Int) throws(ControlReply) -> Int {
        if values("transfer-encoding").first != nil {
            throw .error(411, "a body must come with its Content-Length, not in chunks")
        }
        if values("expect").first != nil {
            throw .error(417, "send the body at once, without Expect")
        }
        let texts = Set(values("content-length"))
        guard let text = texts.first else { return 0 }
        guard texts.count == 1, !text.isEmpty, text.utf8.allSatisfy(\.isDigit) else {
            throw .error(400, "Content-Length is not a number")
        }
        guard let length = Int(text), length <= limit else {
            throw .error(413, "the body is longer than \(limit) bytes")
        }
        return length
    }

    /// What cannot be read means nobody.
    var meant: Set<Int32>? {
        let texts = values(ControlCall.meantHeader.lowercased())
        guard !texts.isEmpty else { return nil }
        return Set(texts.joined(separator: ",").split(separator: ",").compactMap { Int32($0) })
    }

    private func values(_ name: String) -> [String] {
        headers.filter { $0.name == name }.map(\.value)
    }
}
