import Model
import Reports
import Store

/// `status` for people: what is true of the whole, then the tasks.
struct StatusTable {
    let listing: StatusListing
    let isColoured: Bool
    /// Cells of a line of the terminal; nil if the table does not go to one.
    var screenWidth: Int?

    private var style: TimeStyle { listing.style }

    /// - Parameters:
    ///   - database: what is shown: a path, or an address without its password.
    ///   - storageTrouble: what the daemon says of a database that it cannot write.
    ///   - instances: those whose tasks the daemon cannot list.
    ///   - isShared: whether the daemons of several hosts work on it: that of this host is meant.
    func text(
        _ report: StatusReport, of database: String, storageTrouble: String? = nil, instances: [FailingInstance] = [],
        isShared: Bool = false
    ) throws -> String {
        var text = headline(report, of: database, hasTrouble: storageTrouble != nil, isShared: isShared)
        if let storageTrouble {
            text += "\(warning("Storage trouble:")) \(Self.sentence(storageTrouble))\n"
        }
        for target in report.targets {
            let words = Self.sentence(target.words(style, now: listing.now))
            text += "\(warning("Target \(TerminalText.cell(target.name))")) \(words)\n"
        }
        for instance in instances.prefix(Self.mostInstances) {
            let name = TerminalText.cell(instance.key.id)
            text += "\(warning("Instance \(name)")) \(Self.sentence(instance.words))\n"
        }
        if instances.count > Self.mostInstances {
            text += "The tasks of \(instances.count - Self.mostInstances) more instances cannot be listed either.\n"
        }
        return text + (try listing.table(report.clusters, isColoured: isColoured, screenWidth: screenWidth))
    }

    private static let mostInstances = 10

    private func warning(_ text: String) -> String {
        isColoured ? Table.Colour.red.applied(to: text) : text
    }

    /// With one full stop at the end, also if the words have one themselves.
    private static func sentence(_ words: String) -> String {
        TerminalText.cell(words).withoutFullStop + "."
    }

    private func headline(_ report: StatusReport, of database: String, hasTrouble: Bool, isShared: Bool) -> String {
        var parts: [String]
        if let daemon = report.daemon, daemon.isRunning {
            parts = ["The daemon has been running since \(style.text(daemon.startedAt)) (pid \(daemon.pid))."]
        } else if hasTrouble {
            parts = [
                "The running daemon no longer uses \(database); this is what the file contains. See below for what to do."
            ]
        } else if isShared {
            parts = ["No daemon of this host is using \(database); this is what the database contains."]
        } else {
            parts = ["No daemon is using \(database); this is the state it left behind."]
        }
        if report.clusters.isEmpty {
            parts.append(
                "No tasks are watched: add `clusters` or `instances` to the config and reload. If the config has "
                    + "instances, no tasks were found in them yet.")
        }
        if report.alerts.pending > 0 { parts.append("Pending alerts: \(report.alerts.pending).") }
        if report.alerts.held > 0 {
            parts.append(
                "Held alerts: \(report.alerts.held) (by a silence or `hours`; see: polarai-daemon alerts list --state held)."
            )
        }
        if report.alerts.dead > 0 {
            parts.append("Dead alerts: \(report.alerts.dead) (see: polarai-daemon alerts list).")
        }
        return parts.joined(separator: " ") + "\n"
    }
}
