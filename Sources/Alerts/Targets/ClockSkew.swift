import HTTPTransport
import Model

/// How far the receiver's own clock is from this host's: the usual reason for a signature that "does not match".
enum ClockSkew {
    /// Signatures are good for minutes. `Date` is in whole seconds and takes its time to arrive.
    private static let worthSaying = Duration.seconds(60)

    /// In words, if it is more than a minute; else nil.
    static func words(_ answer: Answer) -> String? {
        guard let date = answer.date else { return nil }
        let skew = answer.receivedAt.since(date)
        guard skew.magnitude > worthSaying else { return nil }
        let words = DurationText.write(.seconds(Int64(skew.magnitude.inSeconds.rounded())))
        return skew < .zero
            ? "this host's clock is \(words) behind; set it (timedatectl set-ntp true)"
            : "this host's clock is \(words) ahead; set it (timedatectl set-ntp true)"
    }
}

extension Duration {
    var magnitude: Duration { self < .zero ? .zero - self : self }
}
