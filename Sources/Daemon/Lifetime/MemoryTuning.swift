import CMemory
import Glibc
import Synchronization

/// Keeps the process as small as what it works with (docs/decisions/0002-memory-is-given-back.md).
package enum MemoryTuning {
    private static let code = Mutex<[Range<UInt>]>([])

    /// To be called before there is a second thread. An arena per thread would keep many small heaps half empty; threads
    /// here mostly wait, so one is enough, and what one thread frees the next one uses.
    package static func prepare() {
        _ = mallopt(M_ARENA_MAX, 1)
        let pages = ProgramCode.find()
        code.withLock { $0 = pages }
    }

    /// Gives back what was needed for a while: free memory, and pages of programs and libraries that were looked at once.
    ///
    /// A start looks at nearly all of them (the loader at symbols, Swift's runtime at every conformance to a protocol);
    /// what goes on is a fraction. They stay in the system's cache of files, from where the few that are used again come
    /// back without a disk.
    static func returnUnused() {
        _ = malloc_trim(0)
        for pages in code.withLock({ $0 }) {
            _ = madvise(UnsafeMutableRawPointer(bitPattern: pages.lowerBound), pages.count, Int32(MADV_DONTNEED))
        }
    }
}
