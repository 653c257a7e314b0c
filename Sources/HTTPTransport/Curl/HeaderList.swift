import CCurl

/// A request's headers as the linked list that libcurl reads, built in two buffers that are used again and again
/// in place of two allocations a header.
struct HeaderList: ~Copyable {
    private var text: [CChar] = []
    private var starts: [Int] = []
    private var nodes: UnsafeMutablePointer<curl_slist>
    private var lines: UnsafeMutablePointer<CChar>
    private var nodeCapacity = 16
    private var lineCapacity = 2048

    init() {
        nodes = .allocate(capacity: nodeCapacity)
        lines = .allocate(capacity: lineCapacity)
    }

    deinit {
        nodes.deallocate()
        lines.deallocate()
    }

    /// - Returns: the list, valid until the next call; nil where a header could smuggle in another.
    mutating func fill(_ request: HTTPRequest) -> UnsafeMutablePointer<curl_slist>? {
        text.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        var hasContentType = false
        for header in request.headers {
            guard append(header) else { return nil }
            hasContentType = hasContentType || header.name.lowercased() == "content-type"
        }
        // A name with nothing behind its colon is a header that libcurl then leaves out.
        if request.method != .get {
            if !hasContentType { append("Content-Type:") }
            append("Expect:")
        }
        // An empty list would leave the last request's headers in place.
        if starts.isEmpty { append("Expect:") }
        return link()
    }

    private mutating func append(_ header: HTTPHeader) -> Bool {
        let start = text.count
        starts.append(start)
        for byte in header.name.utf8 { text.append(CChar(bitPattern: byte)) }
        let nameEnd = text.count
        if header.value.isEmpty {
            text.append(CChar(bitPattern: UInt8(ascii: ";")))
        } else {
            text.append(CChar(bitPattern: UInt8(ascii: ":")))
            text.append(CChar(bitPattern: UInt8(ascii: " ")))
            for byte in header.value.utf8 { text.append(CChar(bitPattern: byte)) }
        }
        let isSafe =
            nameEnd > start
            && text[start..<nameEnd].allSatisfy { $0 > 32 && $0 < 127 && $0 != CChar(bitPattern: UInt8(ascii: ":")) }
            && text[nameEnd...].allSatisfy { $0 != 0 && $0 != 10 && $0 != 13 }
        text.append(0)
        return isSafe
    }

    private mutating func append(_ line: StaticString) {
        starts.append(text.count)
        line.withUTF8Buffer { for byte in $0 { text.append(CChar(bitPattern: byte)) } }
        text.append(0)
    }

    private mutating func link() -> UnsafeMutablePointer<curl_slist>? {
        if text.count > lineCapacity {
            lines.deallocate()
            lineCapacity = text.count * 2
            lines = .allocate(capacity: lineCapacity)
        }
        if starts.count > nodeCapacity {
            nodes.deallocate()
            nodeCapacity = starts.count * 2
            nodes = .allocate(capacity: nodeCapacity)
        }
        text.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { lines.initialize(from: base, count: source.count) }
        }
        for (index, start) in starts.enumerated() {
            let next = index + 1 < starts.count ? nodes + index + 1 : nil
            (nodes + index).initialize(to: curl_slist(data: lines + start, next: next))
        }
        return nodes
    }
}
