package import Model

extension EventStore {
    /// Makes the next probe of suspended targets due: an operator says that they are worth a try. For commands; the
    /// daemon's outbox does it by itself.
    package func makeProbesDue(of targets: Set<String>, at now: Timestamp) throws {
        guard !targets.isEmpty else { return }
        try write { session, _ in
            for target in targets {
                try session.run(
                    "UPDATE targets SET probe_at = ? WHERE name = ? AND suspended_since IS NOT NULL",
                    [now.milliseconds, target.stored])
            }
        }
    }
}
