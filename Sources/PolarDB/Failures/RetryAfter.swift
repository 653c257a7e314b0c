import HTTPTransport
import Model

/// How long a server asks to be left alone: read here, obeyed by `CallBudget.slowDown` of `Monitor`.
enum RetryAfter {
    /// Longer than any quota's period; a header beyond it is a mistake that must not silence the monitor.
    private static let longest = Duration.seconds(3600)

    /// What a refusal asks for explicitly: `x-acs-retry-after` in milliseconds, or `Retry-After`.
    static func explicit(_ headers: HTTPHeaders, at now: Timestamp) -> Duration? {
        if let milliseconds = headers["x-acs-retry-after"].flatMap({ Int64($0) }), milliseconds > 0 {
            return min(.milliseconds(milliseconds), longest)
        }
        return headers.retryAfter(at: now).map { min($0, longest) }
    }

    /// When the quota is whole again: the larger `TimeLeft`, in milliseconds, of `x-ratelimit-user-api` and
    /// `x-ratelimit-user`, which look like `Limit:1,Remain:0,TimeLeft:2000,Reset:1234`.
    static func quota(_ headers: HTTPHeaders) -> Duration? {
        ["x-ratelimit-user-api", "x-ratelimit-user"].compactMap { headers[$0].flatMap(timeLeft) }.max()
            .map { min($0, longest) }
    }

    private static func timeLeft(_ text: String) -> Duration? {
        for item in text.split(separator: ",") {
            let parts = item.split(separator: ":", maxSplits: 1).map(\.trimmed)
            if parts.count == 2, parts[0] == "TimeLeft", let milliseconds = Int64(parts[1]), milliseconds > 0 {
                return .milliseconds(milliseconds)
            }
        }
        return nil
    }
}
