import Synchronization

extension ReasonInChinese {
    private static let mostKept = 256
    private static let kept = Mutex<[String: String?]>([:])

    /// The same as `text`, looked for once: a page shows one reason for every task of an account that fails, and is drawn anew
    /// at each change.
    static func keptText(_ reason: String) -> String? {
        if let known = kept.withLock({ $0[reason] }) { return known }
        let found = text(reason)
        kept.withLock { kept in
            if kept.count >= mostKept { kept.removeAll(keepingCapacity: true) }
            kept.updateValue(found, forKey: reason)
        }
        return found
    }
}
