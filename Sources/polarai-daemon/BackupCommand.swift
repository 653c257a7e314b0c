import ArgumentParser
import Store

/// `polarai-daemon backup FILE`.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write a consistent copy of the database, also while the daemon runs.",
        discussion: """
            The copy is a single file. To restore it, stop the daemon, remove the database's -wal and -shm files, put the \
            copy in its place, and start the daemon. Later events get ids with a new prefix, so that no receiver takes a \
            new alert for an old one.
            """)

    @Argument(help: "The file to write; it must not exist yet.")
    var file: String

    @OptionGroup var database: DatabaseOption

    func run() throws {
        let reader = try HistoryReader(at: database.address())
        CopyInterruption.watch()
        do {
            try reader.backup(to: file)
        } catch StoreError.permission(let path, let detail) where path != reader.path {
            throw CommandFailure(
                "No permission for \(path): \(detail). Choose a folder that you may write to.", .permission)
        }
        try StandardOutput.write(Array("\(reader.path) was copied to \(file).\n".utf8))
    }
}
