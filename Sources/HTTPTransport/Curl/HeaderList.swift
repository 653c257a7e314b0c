import CCurl

/// A request's headers as the linked list that libcurl reads, built in two buffers that are used again and again
/// in place of two allocations a header.
///
/// Neighbours that libcurl has no opinion of (`x-…`) share an item: it goes through the list a dozen times a request, and
/// writes each item out as it is.
struct HeaderList: ~Copyable {
    private var text: UnsafeMutablePointer<UInt8>
    private var textCapacity = 2048
    private var textCount = 0
    /// Whether the last item of the list is one that others may join.
    private var isOpen = false
    /// Where each line starts in `text`, which may still move.
    private var starts: [Int] = []
    private var nodes: UnsafeMutablePointer<curl_slist>
    private var nodeCapacity = 16

    /// libcurl asks for leave to send a body that is larger than this, and waits a second for the answer.
    private static let expectThreshold = 1 << 20

    init() {
        text = .allocate(capacity: textCapacity)
        nodes = .allocate(capacity: nodeCapacity)
    }

    deinit {
        text.deallocate()
        nodes.deallocate()
    }

    /// - Returns: the list, valid until the next call; nil if a header could smuggle in another.
    mutating func fill(_ request: HTTPRequest) -> UnsafeMutablePointer<curl_slist>? {
        textCount = 0
        isOpen = false
        starts.removeAll(keepingCapacity: true)
        var hasContentType = false
        for header in request.headers {
            guard append(header) else { return nil }
            hasContentType = hasContentType || header.isContentType
        }
        // A name with nothing behind its colon is a header that libcurl then leaves out.
        if request.method != .get {
            if !hasContentType { append("Content-Type:") }
            if request.body.count >= Self.expectThreshold { append("Expect:") }
        }
        // An empty list would leave the last request's headers in place.
        if starts.isEmpty { append("Expect:") }
        return link()
    }

    private mutating func append(_ header: HTTPHeader) -> Bool {
        var (name, value) = (header.name, header.value)
        return name.withUTF8 { name in
            value.withUTF8 { value in
                // One without a value is written in a way of libcurl's own, below, which stands alone.
                let mayShare =
                    name.count > 2 && name[0] | 0x20 == UInt8(ascii: "x") && name[1] == UInt8(ascii: "-")
                    && !value.isEmpty
                if mayShare, isOpen {
                    // Over the end of the item before.
                    textCount -= 1
                    put("\r\n")
                } else {
                    starts.append(textCount)
                }
                isOpen = mayShare
                put(name)
                put(value.isEmpty ? ";" : ": ")
                put(value)
                put("\0")
                return !name.isEmpty && name.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: ":") }
                    && value.allSatisfy { $0 != 0 && $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
            }
        }
    }

    private mutating func append(_ line: StaticString) {
        isOpen = false
        starts.append(textCount)
        put(line)
        put("\0")
    }

    private mutating func put(_ bytes: StaticString) {
        bytes.withUTF8Buffer { put($0) }
    }

    private mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress else { return }
        if textCount + bytes.count > textCapacity {
            textCapacity = (textCount + bytes.count) * 2
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: textCapacity)
            larger.update(from: text, count: textCount)
            text.deallocate()
            text = larger
        }
        (text + textCount).update(from: source, count: bytes.count)
        textCount += bytes.count
    }

    private mutating func link() -> UnsafeMutablePointer<curl_slist>? {
        if starts.count > nodeCapacity {
            nodes.deallocate()
            nodeCapacity = starts.count * 2
            nodes = .allocate(capacity: nodeCapacity)
        }
        let lines = UnsafeMutableRawPointer(text).assumingMemoryBound(to: CChar.self)
        for (index, start) in starts.enumerated() {
            let next = index + 1 < starts.count ? nodes + index + 1 : nil
            (nodes + index).initialize(to: curl_slist(data: lines + start, next: next))
        }
        return nodes
    }
}

extension HTTPHeader {
    fileprivate var isContentType: Bool {
        // Lengths first: few names have twelve letters, and comparing them costs an allocation.
        name.utf8.count == 12 && name.lowercased() == "content-type"
    }
}
