import Glibc
import Synchronization

/// The journal's native socket.
///
/// `sd_journal_sendv` waits for as long as journald does not read: with journald stopped by a signal, a full socket
/// would stop this service too. So the datagrams are written here, with `MSG_DONTWAIT`: an entry the journal cannot
/// take at once is dropped and counted, and the next entry that gets through says how many are missing.
package final class Journal: Sendable {
    package static let defaultPath = "/run/systemd/journal/socket"

    /// What `journalctl -t` looks for.
    package let identifier: String
    private let address: SocketAddress?
    private let socket: Int32
    private let missing = Atomic<UInt64>(0)

    package init(identifier: String, path: String = Journal.defaultPath) {
        self.identifier = identifier
        address = SocketAddress(path: path)
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }

    deinit {
        if socket >= 0 { close(socket) }
    }

    /// Entries dropped since the last one that got through.
    package var droppedCount: UInt64 { missing.load(ordering: .relaxed) }

    /// Writes an entry; never waits.
    ///
    /// - Returns: whether the journal took it.
    @discardableResult
    package func send(_ entry: JournalEntry) -> Bool {
        let dropped = missing.exchange(0, ordering: .relaxed)
        if dropped > 0 {
            let note = JournalEntry(
                "\(dropped) log \(dropped == 1 ? "entry is" : "entries are") missing here: the journal did not take "
                    + "more at the time. Is systemd-journald running?",
                priority: .warning)
            guard write(note) else {
                missing.add(dropped + 1, ordering: .relaxed)
                return false
            }
        }
        guard write(entry) else {
            missing.add(1, ordering: .relaxed)
            return false
        }
        return true
    }

    private func write(_ entry: JournalEntry) -> Bool {
        guard socket >= 0, let address else { return false }
        let bytes = JournalDatagram(entry, identifier: identifier).bytes
        var sent: Int
        repeat {
            sent = address.withPointer { pointer, length in
                sendto(socket, bytes, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL), pointer, length)
            }
        } while sent < 0 && errno == EINTR
        return sent == bytes.count
    }
}

/// The address of a Unix socket in the file system.
struct SocketAddress: Sendable {
    private let address: sockaddr_un

    /// - Returns: nil where the path is too long for the kernel.
    init?(path: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard !bytes.isEmpty, bytes.count < capacity, !bytes.contains(0) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        self.address = address
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
