import Glibc

/// Whether what is written to standard error ends in the journal.
package enum JournalStream {
    /// `$JOURNAL_STREAM` names the device and inode of the stream the manager opened (systemd.exec(5)). A process that
    /// inherited the variable and had its standard error turned elsewhere is recognised by comparing them.
    package static func isStderr(environment: [String: String]) -> Bool {
        isJournal(descriptor: STDERR_FILENO, environment: environment)
    }

    static func isJournal(descriptor: Int32, environment: [String: String]) -> Bool {
        guard let parts = environment["JOURNAL_STREAM"]?.split(separator: ":"), parts.count == 2,
            let device = UInt64(parts[0]), let inode = UInt64(parts[1])
        else { return false }
        var status = stat()
        return fstat(descriptor, &status) == 0 && UInt64(status.st_dev) == device && UInt64(status.st_ino) == inode
    }
}
