import Model

/// When "no such cluster" is believed.
///
/// One such answer proves little: the API also answers 404 for a wrong key, and a gateway may err. So it takes several
/// in a row, and a sign that account and region are right.
struct GoneRule: Hashable, Sendable {
    /// How many such answers came in a row.
    private(set) var streak = 0
    /// Whether nobody was looking before the first of them: then it may have been gone for long.
    private(set) var beganUnobserved = false
    private var first: MonotonicInstant?

    init() {}

    mutating func noteNotFound(at now: MonotonicInstant, isUnobserved: Bool) {
        if first == nil {
            first = now
            beganUnobserved = isUnobserved
        }
        streak += 1
    }

    mutating func reset() {
        self = GoneRule()
    }

    /// - Parameters:
    ///   - lastGood: the last good answer of any cluster of the account and region. During the streak none came of
    ///     this cluster, so a newer one is another's.
    ///   - isAlone: no other cluster is watched there.
    func isBelieved(lastGood: MonotonicInstant?, isAlone: Bool, at now: MonotonicInstant) -> Bool {
        guard let first else { return false }
        if isAlone {
            return streak >= (Planted.isOn(.goneAloneEarly) ? 5 : 10) && now.since(first) >= .seconds(600)
        }
        guard let lastGood else { return false }
        return streak >= (Planted.isOn(.goneAfterTwo) ? 2 : 3)
            && (lastGood > first || Planted.isOn(.goneWithoutWitness))
    }

    /// Whether a good answer for another cluster is what is missing.
    func needsProbe(lastGood: MonotonicInstant?) -> Bool {
        guard let first else { return false }
        return lastGood.map { $0 <= first } ?? true
    }
}
