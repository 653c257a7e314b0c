package import Dispatch

extension Duration {
    /// For Dispatch, which counts in whole nanoseconds: zero if it is negative, and never more than 1,000,000 s.
    package var dispatchInterval: DispatchTimeInterval {
        let (seconds, attoseconds) = components
        guard seconds < 1_000_000 else { return .seconds(1_000_000) }
        return .nanoseconds(Int(max(0, seconds)) * 1_000_000_000 + Int(max(0, attoseconds / 1_000_000_000)))
    }
}
