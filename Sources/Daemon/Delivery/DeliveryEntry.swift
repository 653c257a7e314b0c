import Model
import Systemd

/// What delivery did without an attempt, in an operator's words.
enum DeliveryEntry {
    /// How many alerts one entry names.
    private static let mostNamed = 10

    /// Alerts that became dead: one entry a target, so that a long queue does not flood the journal.
    static func givenUp(_ settlements: [Settlement], id: (Int64) -> String) -> [JournalEntry] {
        Dictionary(grouping: settlements, by: \.alert.target).sorted { $0.key < $1.key }.map { target, settlements in
            let ids = settlements.prefix(mostNamed).map { id($0.alert.seq) }
            // More than are listed can only be retried with all that the target has.
            let retry =
                settlements.count > mostNamed
                ? "To send them and everything else that is pending or dead for this target, after fixing the cause: "
                    + "polarai-daemon alerts retry --target \(target)"
                : "To send \(settlements.count == 1 ? "it" : "them") after fixing the cause: polarai-daemon alerts retry "
                    + "\(ids.joined(separator: " ")) --target \(target)"
            let names = ids.joined(separator: ", ")
            let more = settlements.count > mostNamed ? " and \(settlements.count - mostNamed) more" : ""
            return JournalEntry(
                .alertDead,
                message: "\(settlements.count) \(settlements.count == 1 ? "alert" : "alerts") for target \(target) "
                    + "\(settlements.count == 1 ? "is" : "are") dead (no more attempts): \(names)\(more). "
                    + "Reason: \(settlements.first?.note ?? "none was given"). \(retry)",
                fields: [(.target, target), (.alertID, settlements.first.map { id($0.alert.seq) })])
        }
    }

    static func moved(_ target: TargetRecord) -> JournalEntry? {
        target.movedChat.map { moved in
            JournalEntry(
                "Telegram has moved the chat of target \(target.name) (the group became a supergroup): messages go to "
                    + "chat \(moved.current) from now on. Set its `chat_id` to \(moved.current) in the config.",
                priority: .warning, fields: [(.target, target.name)])
        }
    }

    static func clockStepped(by change: Duration) -> JournalEntry {
        let amount = DurationText.write(.seconds((change < .zero ? .zero - change : change).components.seconds))
        return JournalEntry(
            .clockStep,
            message:
                "This host's clock was set \(change < .zero ? "back" : "forward") by \(amount). Alerts are retried as "
                + "planned, and none becomes dead because of it. If the clock is wrong, set it (timedatectl set-ntp true)."
        )
    }

    /// - Parameter target: nil if they are of several.
    static func buried(_ count: Int, target: String?) -> JournalEntry {
        let whose = target.map { "target \($0)" } ?? (count == 1 ? "its target" : "their targets")
        return JournalEntry(
            .alertDead,
            message:
                "\(count) \(count == 1 ? "alert that was pending is" : "alerts that were pending are") now dead (no more attempts), "
                + "because the config no longer names "
                + "\(whose). List: polarai-daemon alerts list --state dead. To send \(count == 1 ? "it" : "them"), put the "
                + "target back into the config, reload, and run: polarai-daemon alerts retry --target \(target ?? "NAME")",
            fields: [(.target, target)])
    }
}
