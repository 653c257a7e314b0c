import Glibc
import Testing

@testable import Daemon

struct MemoryMappingTests {
    @Test func `reads what the kernel writes`() throws {
        let smaps = """
            5595d0000000-5595d1e00000 r-xp 00000000 fd:01 1234                       /usr/bin/polarai-daemon
            Size:              30720 kB
            Rss:               17152 kB
            Anonymous:             0 kB
            VmFlags: rd ex mr mw me
            5595d1e00000-5595d1f00000 r--p 01e00000 fd:01 1234                       /usr/bin/polarai-daemon
            Anonymous:           820 kB
            5595d1f00000-5595d2000000 rw-p 01f00000 fd:01 1234                       /usr/bin/polarai-daemon
            Anonymous:             0 kB
            7f0000000000-7f0000100000 rw-p 00000000 00:00 0
            Anonymous:           512 kB
            7f0000200000-7f0000201000 r--p 00000000 fd:01 77                         /tmp/a folder/with: signs
            Anonymous:             0 kB
            7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0                          [vdso]
            Anonymous:             0 kB
            7f0000300000-7f0000301000 r--p 00000000 fd:01 78                         /told/by/no/line
            """
        let mappings = MemoryMapping.parse(smaps: smaps)
        #expect(mappings.count == 7)
        #expect(mappings.first?.addresses == 0x5595_d000_0000..<0x5595_d1e0_0000)
        #expect(
            mappings.filter(\.holdsNothingButItsFile).map(\.file) == [
                "/usr/bin/polarai-daemon", "/tmp/a folder/with: signs",
            ])
    }

    @Test func `finds the C library's code in what the kernel says now`() throws {
        let code = UInt(bitPattern: dlsym(nil, "malloc"))
        let mapping = try #require(MemoryMapping.ofThisProcess().first { $0.addresses.contains(code) })
        #expect(mapping.holdsNothingButItsFile)
    }

    @Test func `everything works on after pages were given back`() {
        let words = (0..<1000).map { "word \($0)" }
        MemoryTuning.returnUnused()
        #expect(words.joined(separator: ",").split(separator: ",").count == 1000)
    }
}
