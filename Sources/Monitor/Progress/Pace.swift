import Model

extension ProgressRecord {
    /// How long a step takes, in seconds, from the first step that was read to the newest one.
    ///
    /// The steps are what a training's own script wrote: any two numbers. Therefore all of it is reckoned as `Double`.
    var secondsPerStep: Double? {
        guard let latest, let step = latest.step, let loggedAt = latest.loggedAt, let firstStep, let firstLoggedAt,
            step > firstStep, loggedAt > firstLoggedAt
        else { return nil }
        return loggedAt.since(firstLoggedAt).inSeconds / (Double(step) - Double(firstStep))
    }
}

extension Duration {
    /// A length of time that was estimated.
    ///
    /// - Returns: nil if it is not a number, negative, or longer than `longest`: then it estimates nothing.
    init?(estimate seconds: Double, longest: Duration) {
        guard seconds >= 0, seconds <= longest.inSeconds else { return nil }
        self = .seconds(seconds)
    }
}
