import Foundation

/// A part of this process's memory, as `/proc/PID/smaps` tells it (proc(5)).
struct MemoryMapping: Equatable {
    let addresses: Range<UInt>
    let isWritable: Bool
    /// The file that is mapped; nil for memory without one, and for what the kernel itself puts there.
    let file: String?
    /// Whether pages of it differ, or may differ, from the file.
    let hasOwnPages: Bool

    /// Whether its pages can be dropped and read again: a file's that nobody writes here, and nobody wrote. (The loader
    /// writes into some before it protects them: those have pages of their own.)
    var holdsNothingButItsFile: Bool { !isWritable && file != nil && !hasOwnPages }

    /// Empty where the kernel does not tell.
    static func ofThisProcess() -> [MemoryMapping] {
        // A file handle, because what reads a file by its size gets the first page only of one that has none.
        guard let file = FileHandle(forReadingAtPath: "/proc/self/smaps"), let bytes = try? file.readToEnd() else {
            return []
        }
        return parse(smaps: String(decoding: bytes, as: UTF8.self))
    }

    /// - Returns: what can be read of it; a mapping whose lines are not as expected counts as one with pages of its own.
    static func parse(smaps: String) -> [MemoryMapping] {
        var mappings: [MemoryMapping] = []
        var head: Head?
        for line in smaps.utf8.split(separator: UInt8(ascii: "\n")) {
            if let next = Head(line) {
                if let head { mappings.append(head.mapping(anonymousKiB: nil)) }
                head = next
            } else if let known = head, line.starts(with: "Anonymous:".utf8) {
                let words = line.split(separator: UInt8(ascii: " "))
                let amount = words.count == 3 ? Int(Substring(words[1])) : nil
                mappings.append(known.mapping(anonymousKiB: amount))
                head = nil
            }
        }
        if let head { mappings.append(head.mapping(anonymousKiB: nil)) }
        return mappings
    }

    /// `55d0-55e0 r-xp 00001000 fd:01 1234   /usr/bin/x`.
    private struct Head {
        let addresses: Range<UInt>
        let permissions: Substring
        let file: String?

        init?(_ line: Substring.UTF8View) {
            let words = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            guard words.count >= 5, let dash = words[0].firstIndex(of: UInt8(ascii: "-")),
                let start = UInt(Substring(words[0][..<dash]), radix: 16),
                let end = UInt(Substring(words[0][words[0].index(after: dash)...]), radix: 16), start < end
            else { return nil }
            addresses = start..<end
            permissions = Substring(words[1])
            let name = words.count == 6 ? String(Substring(words[5]).drop { $0 == " " }) : ""
            file = name.hasPrefix("/") ? name : nil
        }

        func mapping(anonymousKiB: Int?) -> MemoryMapping {
            MemoryMapping(
                addresses: addresses, isWritable: permissions.contains("w"), file: file,
                hasOwnPages: anonymousKiB != 0)
        }
    }
}
