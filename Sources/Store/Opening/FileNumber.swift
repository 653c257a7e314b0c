import CFile
import Glibc

/// Which file it is, whatever its name: an open file is not the path that it was opened by.
struct FileNumber: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64

    /// - Returns: nil if there is nothing at `path`, or it cannot be examined.
    init?(path: String) {
        var information = stat()
        guard stat(path, &information) == 0 else { return nil }
        self.init(information)
    }

    init?(descriptor: Int32) {
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { return nil }
        self.init(information)
    }

    private init(_ information: stat) {
        device = UInt64(information.st_dev)
        inode = UInt64(information.st_ino)
    }
}

/// What stays with a file when it is renamed, and never with a copy of it. The number of the device is not part of it:
/// that may be another one after each start of the host.
struct FileIdentity: Hashable, Sendable {
    let inode: Int64
    /// When the file was made, in nanoseconds since 1970; nil if the file system does not keep it.
    let bornAt: Int64?

    /// Whether both can be the same file.
    func matches(_ other: FileIdentity) -> Bool {
        inode == other.inode && (bornAt == nil || other.bornAt == nil || bornAt == other.bornAt)
    }
}

extension FileIdentity {
    init?(descriptor: Int32) {
        guard let number = FileNumber(descriptor: descriptor) else { return nil }
        inode = Int64(bitPattern: number.inode)
        let birth = polarai_birth_time(descriptor)
        bornAt = birth == 0 ? nil : birth
    }
}
