import Foundation
import TestSupport
import Testing

@testable import Figures

struct BuildRevisionTests {
    @Test func `it is what readelf says of this program`() async throws {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let file = try #require(FileHandle(forReadingAtPath: program)).read(upToCount: 64 * 1024)
        let ours = BuildRevision.id(in: Array(try #require(file)))
        let notes = try await run(ProgramPath.system("readelf"), ["--notes", "--wide", program])
        let theirs = notes.output.firstMatch(of: /Build ID: ([0-9a-f]+)/).map { String($0.output.1) }
        #expect(ours == theirs)
        #expect(BuildRevision.current == theirs ?? "unknown")
    }

    @Test func `a file that is cut or is none has no revision`() throws {
        var file = [UInt8]("\u{7F}ELF".utf8) + [2, 1] + [UInt8](repeating: 0xFF, count: 200)
        #expect(BuildRevision.id(in: file) == nil)
        file = Array(try Data(contentsOf: URL(fileURLWithPath: ProgramPath.system("sh"))).prefix(64 * 1024))
        for length in [0, 5, 6, 40, 64, 200, 700] { _ = BuildRevision.id(in: Array(file.prefix(length))) }
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<2000 {
            var broken = file
            for _ in 0..<8 { broken[Int(generator.next() % 1024)] = UInt8(truncatingIfNeeded: generator.next()) }
            _ = BuildRevision.id(in: broken)
        }
    }
}
