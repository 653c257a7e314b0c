import Model
import Sharing
import Systemd

/// What a host takes over, gives back or loses, for an operator.
enum ShareEntry {
    static func began(_ shares: some Collection<Share>) -> JournalEntry {
        JournalEntry("This host takes over \(words(shares)).", priority: .info)
    }

    static func gaveBack(_ shares: some Collection<Share>) -> JournalEntry {
        JournalEntry(
            "This host has handed over \(words(shares)) to the other hosts.", priority: .info)
    }

    static func lost(_ shares: some Collection<Share>) -> JournalEntry {
        JournalEntry(
            "This host stops \(words(shares)): its lease has ended, because the database could not be reached in time or "
                + "another host took over.", priority: .warning)
    }

    static let failedOver = JournalEntry(
        "The database has failed over to another server, which may lack what was stored last. This host hands its work over "
            + "and reads everything again.", priority: .warning)

    private static let most = 10

    private static func words(_ shares: some Collection<Share>) -> String {
        let list = shares.sorted().map { share in
            switch share {
            case .scope(let scope): "polling account \(scope.account) in \(scope.region)"
            case .targets(let name): "delivery to target \(name)"
            case .upkeep: "upkeep (reminders, summaries, heartbeats and the deletion of old history)"
            }
        }
        let more = list.count > most ? " and \(list.count - most) more" : ""
        return list.prefix(most).joined(separator: ", ") + more
    }
}
