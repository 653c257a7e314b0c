import ArgumentParser
import Store

/// `polarai-daemon backup FILE`.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write a consistent copy of the database to a new file.",
        discussion: """
            The daemon may run meanwhile, and goes on writing. The copy is one state of the history, in one file; \
            `history --database FILE` reads it. A file that exists is left alone.
            """)

    @Argument(help: "The file to make.", completion: .file())
    var file: String

    @OptionGroup var database: DatabaseOption

    func run() throws {
        try HistoryReader(path: database.path()).backup(to: file)
        StandardError.write("The database was copied to \(file).")
    }
}
