import Foundation
import Glibc
import Testing

@testable import Daemon

struct MemoryTuningTests {
    /// The lines of `/proc/self/maps`: addresses, permissions, and the file if there is one.
    private static func mappings() throws -> [(addresses: Range<UInt>, permissions: String, file: String?)] {
        let handle = try #require(FileHandle(forReadingAtPath: "/proc/self/maps"))
        let text = String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard ends.count == 2 else { return nil }
            return (
                ends[0]..<ends[1], String(words[1]),
                words.count == 6 ? words[5].trimmingCharacters(in: .whitespaces) : nil
            )
        }
    }

    @Test func `finds the program and the C library, and nothing that is written or is not a file`() throws {
        let code = ProgramCode.find()
        let malloc = UInt(bitPattern: dlsym(nil, "malloc"))
        #expect(code.contains { $0.contains(malloc) })
        let mappings = try Self.mappings()
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        #expect(mappings.contains { $0.file == own && code.contains(where: $0.addresses.overlaps) })
        for mapping in mappings where code.contains(where: { $0.overlaps(mapping.addresses) }) {
            #expect(!mapping.permissions.contains("w"), "\(mapping)")
            #expect(mapping.file?.hasPrefix("/") == true, "\(mapping)")
        }
    }

    @Test func `everything still works after pages were given back`() {
        MemoryTuning.prepare()
        let words = (0..<1000).map { "word \($0)" }
        MemoryTuning.returnUnused()
        #expect(words.joined(separator: ",").split(separator: ",").count == 1000)
    }
}
