import Daemon
import Model

/// A backup is made, and takes the place of the database some time later.
extension Simulation {
    /// How things stood when the backup was made.
    struct Backup {
        let at: Millis
        let lastSeq: Int64
        let acknowledged: [Int64]
        let silences: Int
        let blockedUntil: [String: Millis]
    }

    func makeBackup() throws {
        guard process != nil, let lastSeq = try disk.backup() else { return }
        backup = Backup(
            at: clock.millis, lastSeq: lastSeq, acknowledged: chronicle.acknowledged, silences: chronicle.silences,
            blockedUntil: blockedUntil.merging(unstored) { $1 })
    }

    func putBack(_ restore: SimulatedRestore) async throws {
        guard let backup else { return }
        let now = clock.millis
        let isUnderDaemon = restore.isUnderDaemon && process != nil
        ownMarks.note(isUnderDaemon ? .replacedUnderDaemon : .restoredWhileStopped)
        if try disk.lastSeq() > backup.lastSeq { ownMarks.note(.eventsLostWithRestore) }
        if !isUnderDaemon { endLife() }
        try disk.restore(underDaemon: isUnderDaemon)
        chronicle.restored = Chronicle.Restored(lost: backup.at..<now, lastSeq: backup.lastSeq)
        chronicle.acknowledged = backup.acknowledged
        chronicle.silences = backup.silences
        blockedUntil = backup.blockedUntil
        unstored = [:]
        // Nothing can be stored until the daemon is there again.
        let end = now + restore.pause
        chronicle.diskFailures.append(now..<(end + 10 * .second))
        agenda.add(isUnderDaemon ? .restart(life: life) : .start, at: end)
    }
}
