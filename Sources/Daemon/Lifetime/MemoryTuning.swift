import CMemory
import Glibc

/// Keeps the process as small as what it works with.
package enum MemoryTuning {
    /// To be called before there is a second thread. An arena per thread would keep many small heaps half empty; threads
    /// here mostly wait, so one is enough, and what one thread frees the next one uses.
    package static func useOneArena() {
        _ = mallopt(M_ARENA_MAX, 1)
    }

    /// Gives back what was needed for a while: free memory, and pages of programs and libraries that were looked at once.
    ///
    /// A start looks at nearly all of them (the loader at symbols, Swift's runtime at every conformance to a protocol);
    /// what goes on is a fraction. They stay in the system's cache of files, from where the few that are used again come
    /// back without a disk.
    static func returnUnused() {
        _ = malloc_trim(0)
        for mapping in MemoryMapping.ofThisProcess() where mapping.holdsNothingButItsFile {
            _ = madvise(
                UnsafeMutableRawPointer(bitPattern: mapping.addresses.lowerBound), mapping.addresses.count,
                Int32(MADV_DONTNEED))
        }
    }
}
