extension Duration {
    /// About 317 years. Sums and small multiples of durations up to here cannot overflow; nothing waits or looks back so
    /// long.
    package static let longest = Duration.seconds(10_000_000_000)

    /// At most `longest`, in either direction.
    package var clamped: Duration {
        min(max(self, .zero - .longest), .longest)
    }

    /// From a number that may be anything: zero for NaN, at most `longest` in either direction.
    package static func clamped(seconds: Double) -> Duration {
        clamped(milliseconds: seconds * 1000)
    }

    /// From a number that may be anything: zero for NaN, at most `longest` in either direction. Cut to milliseconds.
    package static func clamped(milliseconds: Double) -> Duration {
        .milliseconds(Int64(clamped: milliseconds)).clamped
    }

    /// Times any number, at most `longest` in either direction; zero for NaN. Whole milliseconds.
    package func scaled(by factor: Double) -> Duration {
        let (seconds, attoseconds) = components
        return .clamped(seconds: (Double(seconds) + Double(attoseconds) / 1e18) * factor)
    }
}
