import CEpoll

/// The memory of this process.
package enum ProgramMemory {
    /// Keeps programs that it starts, and all others of its user, from reading what it has read.
    package static func guardFromOthers() {
        _ = polarai_guard_memory()
    }
}
