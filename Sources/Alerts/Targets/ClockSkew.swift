import HTTPTransport
import Model

/// How far the answer's own clock is from ours: the usual reason for a signature that "does not match".
enum ClockSkew {
    /// In words, where it is more than five minutes; else nil.
    static func words(_ answer: Answer) -> String? {
        guard let date = answer.headers["Date"].flatMap(HTTPDate.parse) else { return nil }
        let skew = answer.receivedAt.since(date)
        let size = skew < .zero ? .zero - skew : skew
        guard size > .seconds(300) else { return nil }
        let words = DurationText.write(.seconds(size.components.seconds))
        return "this host's clock is \(words) \(skew < .zero ? "behind" : "ahead")"
    }
}
