import Glibc
import Model

/// `<database>.last`: the id of the newest event, kept beside the database.
///
/// A database that is older than this file says was put back from a copy. The file is a hint: it is not waited for, and
/// one that is missing or cannot be written says nothing.
final class LastNumber: Sendable {
    private let descriptor: Int32?
    /// What the file said when it was opened.
    let found: EventID?

    init(database path: String) {
        let file = open(path + ".last", O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW, 0o640)
        descriptor = file >= 0 ? file : nil
        found = Self.id(in: file)
    }

    /// What the file says, for somebody who changes nothing.
    static func read(database path: String) -> EventID? {
        let file = open(path + ".last", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return id(in: file)
    }

    private static func id(in file: Int32) -> EventID? {
        var bytes = [UInt8](repeating: 0, count: length)
        let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
        return EventID(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).trimmed)
    }

    /// Keeps nothing: for a command, which stores no events.
    init() {
        descriptor = nil
        found = nil
    }

    deinit {
        if let descriptor { close(descriptor) }
    }

    func write(_ id: String) {
        guard let descriptor else { return }
        var bytes = Array(id.utf8.prefix(Self.length - 1))
        bytes += Array(repeating: UInt8(ascii: " "), count: Self.length - 1 - bytes.count) + [UInt8(ascii: "\n")]
        _ = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    /// Always as long, so that a shorter id replaces a longer one whole.
    private static let length = 32
}
