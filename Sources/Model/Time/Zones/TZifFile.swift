extension TimeZoneRules {
    /// Reads a TZif file (RFC 9636): versions 2 to 4, of which only the 64-bit data block is used, and version 1.
    ///
    /// - Returns: nil if the bytes are not such a file. Files of leap seconds (`right/…`) are refused, too.
    package init?(name: String, tzif bytes: [UInt8]) {
        // The largest file of the database has some 4 KB.
        guard bytes.count <= 262_144, let header = TZifHeader(bytes, at: 0) else { return nil }
        if header.version == 0 {
            guard let block = TZifBlock(bytes, header, timeSize: 4) else { return nil }
            self.init(
                name: name, transitions: block.transitions, offsets: block.offsets, first: block.first, rule: nil)
            return
        }
        let second = header.end(timeSize: 4)
        guard let wide = TZifHeader(bytes, at: second), let block = TZifBlock(bytes, wide, timeSize: 8) else {
            return nil
        }
        let footer = bytes[wide.end(timeSize: 8)...]
        guard footer.first == UInt8(ascii: "\n"), let end = footer.dropFirst().firstIndex(of: UInt8(ascii: "\n"))
        else { return nil }
        let text = String(decoding: footer.dropFirst()[..<end], as: UTF8.self)
        let rule = PosixZone(text)
        guard text.isEmpty || rule != nil else { return nil }
        self.init(name: name, transitions: block.transitions, offsets: block.offsets, first: block.first, rule: rule)
    }
}

/// The 44 bytes before a data block.
private struct TZifHeader {
    let version: UInt8
    let start: Int
    let utcCount: Int
    let standardCount: Int
    let leapCount: Int
    let timeCount: Int
    let typeCount: Int
    let nameBytes: Int

    static let size = 44

    init?(_ bytes: [UInt8], at start: Int) {
        guard start >= 0, bytes.count - start >= Self.size, bytes[start..<start + 4].elementsEqual("TZif".utf8) else {
            return nil
        }
        self.start = start
        version = bytes[start + 4]
        let counts = (0..<6).map { Int(bytes.bigEndian(at: start + 20 + 4 * $0, size: 4)) }
        guard counts.allSatisfy({ $0 >= 0 && $0 <= 65_536 }), counts[4] > 0, counts[5] > 0 else { return nil }
        (utcCount, standardCount, leapCount) = (counts[0], counts[1], counts[2])
        (timeCount, typeCount, nameBytes) = (counts[3], counts[4], counts[5])
        guard end(timeSize: 4) <= bytes.count else { return nil }
    }

    /// Where the data block ends.
    func end(timeSize: Int) -> Int {
        start + Self.size + timeCount * timeSize + timeCount + typeCount * 6 + nameBytes + leapCount * (timeSize + 4)
            + standardCount + utcCount
    }
}

private struct TZifBlock {
    let transitions: [Int64]
    /// Seconds east of UTC, from each of the transitions on, and before the first.
    let offsets: [Int]
    let first: Int

    init?(_ bytes: [UInt8], _ header: TZifHeader, timeSize: Int) {
        guard header.end(timeSize: timeSize) <= bytes.count, header.leapCount == 0 else { return nil }
        let times = header.start + TZifHeader.size
        let indices = times + header.timeCount * timeSize
        let types = indices + header.timeCount
        let names = types + header.typeCount * 6
        let nameEnd = names + header.nameBytes

        var all: [Int] = []
        for index in 0..<header.typeCount {
            let place = types + index * 6
            let offset = Int(Int32(truncatingIfNeeded: bytes.bigEndian(at: place, size: 4)))
            let start = names + Int(bytes[place + 5])
            // RFC 9636, section 3.2: within a day and two hours of UTC.
            guard start < nameEnd, abs(offset) <= 26 * 3600, bytes[start..<nameEnd].contains(0) else { return nil }
            all.append(offset)
        }
        var transitions: [Int64] = []
        var offsets: [Int] = []
        for index in 0..<header.timeCount {
            let time = bytes.bigEndian(at: times + index * timeSize, size: timeSize)
            let type = Int(bytes[indices + index])
            guard type < all.count, transitions.last.map({ $0 < time }) ?? true else { return nil }
            transitions.append(time)
            offsets.append(all[type])
        }
        self.transitions = transitions
        self.offsets = offsets
        first = all[0]
    }
}

extension [UInt8] {
    /// A signed number of 4 or 8 bytes, most significant first.
    fileprivate func bigEndian(at place: Int, size: Int) -> Int64 {
        var value: UInt64 = 0
        for byte in self[place..<place + size] { value = value << 8 | UInt64(byte) }
        return size == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
    }
}
