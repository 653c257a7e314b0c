import Glibc
import Synchronization

/// The files of copies that are being made, for a program that a signal ends meanwhile.
package enum UnfinishedCopy {
    private static let paths = Mutex<Set<String>>([])

    /// What may be there of copies that are not whole yet.
    static var noted: Set<String> { paths.withLock { $0 } }

    static func note(_ files: [String]) {
        paths.withLock { $0.formUnion(files) }
    }

    /// The copy is whole, or removed.
    static func forget(_ files: [String]) {
        paths.withLock { $0.subtract(files) }
    }

    /// Removes what is there of copies that are not whole yet. The program must end then: they cannot be finished.
    package static func remove() {
        for path in noted { unlink(path) }
    }
}
