import Model
import Reports
import Store

/// `status` while the database cannot be read: what the daemon of this host says.
struct StatusWithoutDatabase {
    let address: DatabaseAddress
    let trouble: StorageTroubleReport
    let isUTC: Bool

    /// - Throws: `CommandFailure` for the formats that list tasks, of which nothing is known.
    func show(_ format: OutputFormat) throws {
        switch format {
        case .table: try StandardOutput.show(table)
        case .json:
            StandardError.write(trouble.sentence)
            try StandardOutput.json(json)
        case .jsonl, .csv: throw CommandFailure(trouble.sentence, isFile ? .inputOutput : .unavailable)
        }
    }

    private var isFile: Bool { !address.isShared }

    private var table: String {
        let style = TimeStyle(isUTC: isUTC)
        let since = trouble.json.time("since").map { " since \(style.text($0))" } ?? ""
        let error = TerminalText.cell(trouble.error)
        let (state, consequence) =
            isFile
            ? ("readable", "The list of tasks can be shown once the database can be read.")
            : (
                "reachable",
                "Nothing is polled or sent until the database answers; the list of tasks can be shown then."
            )
        return """
            The daemon of this host is running, but its database has not been \(state)\(since).
            Storage trouble: \(error.withoutFullStop).
            \(consequence)

            """
    }

    /// The object of `status` with what is known: no tasks, alerts or hosts, of which only the database knows.
    private var json: JSONValue {
        .object([
            "daemon": trouble.daemon, "clusters": .array([]),
            "alerts": .object(["pending": .null, "held": .null, "dead": .null]), "targets": .array([]),
            "hosts": .array([]), "database": trouble.json,
        ])
    }
}
