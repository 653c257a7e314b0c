import Synchronization

/// The targets for which there is something new, until the delivery of a process looks.
final class WokenTargets: Sendable {
    private let names = Mutex<Set<String>?>(nil)

    func add(_ more: Set<String>) { names.withLock { $0 = ($0 ?? []).union(more) } }

    func take() -> Set<String>? {
        names.withLock { names in
            defer { names = nil }
            return names
        }
    }
}
