package import Model
package import Monitor

/// Calls that were given up and have not ended: what each waits for takes no notice of being cancelled.
///
/// So many are allowed for each account; then no more are made until one ends, so that they do not pile up.
package struct HangingCalls: Sendable {
    private var numbers: [AccountRegion: Set<UInt64>] = [:]

    package static let most = 8

    package init() {}

    package mutating func insert(_ order: PollOrder) {
        numbers[order.scope, default: []].insert(order.number)
    }

    package mutating func remove(_ order: PollOrder) {
        guard numbers[order.scope]?.remove(order.number) != nil else { return }
        if numbers[order.scope]?.isEmpty ?? false { numbers[order.scope] = nil }
    }

    /// Why a call is not made; nil if it may be.
    package func refusal(of order: PollOrder) -> PollFailure? {
        guard let count = numbers[order.scope]?.count, count >= Self.most else { return nil }
        return PollFailure(
            reason: .timeout,
            message: "no call is made, because \(count) earlier calls of account \(order.scope.account) in "
                + "\(order.scope.region) still hang; check where its credentials come from: a program, file or metadata "
                + "service may hang")
    }
}
