/// How the last calls of an account ended: tells one sick cluster from a sick API.
package struct RecentCalls: Sendable {
    private var isFailure: [Bool] = []
    private var next = 0

    private static let window = 20
    /// Fewer calls than this say nothing about an account.
    private static let least = 10

    package init() {}

    /// Notes how a call ended.
    ///
    /// - Returns: whether half or more of the recent calls failed. The count then starts anew, so that one bad spell
    ///   is answered once.
    package mutating func note(failed: Bool) -> Bool {
        if isFailure.count < Self.window {
            isFailure.append(failed)
        } else {
            isFailure[next] = failed
            next = (next + 1) % Self.window
        }
        guard failed, isFailure.count >= Self.least, isFailure.count(where: { $0 }) * 2 >= isFailure.count else {
            return false
        }
        isFailure.removeAll(keepingCapacity: true)
        next = 0
        return true
    }
}
