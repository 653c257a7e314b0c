/// How the last calls of an account ended: whether one task is in trouble or the API.
struct RecentCalls: Sendable {
    private var isFailure: [Bool] = []
    private var next = 0

    private static let window = 20
    /// Fewer calls than this say nothing about an account.
    private static let least = 10

    init() {}

    /// Notes how a call ended.
    ///
    /// - Returns: whether half or more of the recent calls failed. The count then starts anew, so that one bad spell
    ///   is answered once.
    mutating func note(failed: Bool) -> Bool {
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
