import Glibc
import Model

/// Which build of the program runs: the label `revision`.
package enum BuildRevision {
    /// The build id that the linker wrote into the program, in hexadecimal digits. In the packages that is the commit that
    /// they were built from. `unknown` if there is none.
    package static let current = read("/proc/self/exe").flatMap(id) ?? "unknown"

    /// The build id of an ELF file of 64 bits (elf(5)): a note of type NT_GNU_BUILD_ID.
    ///
    /// - Parameter file: its beginning, with the program headers and the notes.
    static func id(in file: [UInt8]) -> String? {
        let reader = LittleEndian(file)
        guard file.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]), let headers = reader.number(at: 32, bytes: 8),
            let size = reader.number(at: 54, bytes: 2), let count = reader.number(at: 56, bytes: 2)
        else { return nil }
        for index in 0..<min(count, 64) {
            let header = headers + index * size
            guard reader.number(at: header, bytes: 4) == 4, let offset = reader.number(at: header + 8, bytes: 8),
                let length = reader.number(at: header + 32, bytes: 8)
            else { continue }
            if let id = note(reader, from: offset, to: offset + min(length, 4096)) { return id }
        }
        return nil
    }

    private static func note(_ reader: LittleEndian, from begin: Int, to end: Int) -> String? {
        var place = begin
        while place < end, let nameSize = reader.number(at: place, bytes: 4),
            let size = reader.number(at: place + 4, bytes: 4), let type = reader.number(at: place + 8, bytes: 4)
        {
            let content = place + 12 + (nameSize + 3) & ~3
            if type == 3, nameSize == 4, reader.bytes(at: place + 12, 4) == Array("GNU\0".utf8), (1...64).contains(size)
            {
                return reader.bytes(at: content, size).map { Hex.text($0) }
            }
            place = content + (size + 3) & ~3
        }
        return nil
    }

    private static func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 64 * 1024)
        let count = Glibc.read(file, &bytes, bytes.count)
        return count > 0 ? Array(bytes[..<count]) : nil
    }
}

/// Numbers in a file; nil where it ends.
private struct LittleEndian {
    private let file: [UInt8]

    init(_ file: [UInt8]) {
        self.file = file
    }

    func bytes(at place: Int, _ count: Int) -> [UInt8]? {
        guard place >= 0, count >= 0, place <= file.count, count <= file.count - place else { return nil }
        return Array(file[place..<(place + count)])
    }

    /// At most 2 to the power of 31: nothing that is added to it overflows.
    func number(at place: Int, bytes count: Int) -> Int? {
        guard let bytes = bytes(at: place, count) else { return nil }
        let number = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return number <= 1 << 31 ? Int(number) : nil
    }
}
