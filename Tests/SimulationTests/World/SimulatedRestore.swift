/// A backup, and when it takes the place of the database: what was stored between is lost.
struct SimulatedRestore {
    let backupAt: Millis
    let at: Millis
    /// The file is replaced under the daemon, which somebody restarts some time later; else the daemon is stopped for it.
    let isUnderDaemon: Bool
    /// From then until the daemon is there again.
    let pause: Millis

    /// In one run of six.
    init?(seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: 15)
        guard random.chance(0.16) else { return nil }
        let last = Scenario.quietFrom - 8 * .hour
        backupAt = random.millis(.hour...(last - 8 * .hour))
        at = min(last, backupAt + random.millis((10 * .minute)...(30 * .hour)))
        isUnderDaemon = random.chance(0.5)
        pause = random.millis((5 * .second)...(2 * .hour))
    }
}
