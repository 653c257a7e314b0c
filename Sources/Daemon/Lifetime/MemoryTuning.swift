import CMalloc

/// Keeps the C library from holding on to memory that the start needed and the service does not.
enum MemoryTuning {
    /// An arena per thread would keep many small heaps half empty; two are enough for threads that mostly wait.
    static func apply() {
        _ = mallopt(M_ARENA_MAX, 2)
    }

    static func returnUnused() {
        _ = malloc_trim(0)
    }
}
