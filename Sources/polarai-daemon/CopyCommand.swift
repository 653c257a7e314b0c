import ArgumentParser
import Daemon
import Glibc
import Model
import Store

/// `polarai-daemon copy --from DATABASE --to DATABASE`.
struct CopyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy", abstract: "Copy all that is stored into a new database, for example into PostgreSQL.",
        discussion: """
            DATABASE is the path of a file, or postgresql://USER@HOST/NAME without a password, which is taken from \
            ~/.pgpass. Stop the daemons that use the source first. The destination must be empty. History, waiting alerts and \
            the prefix of the events' ids are copied; the source is not changed. A copy that was interrupted can be run \
            again. It leaves nothing behind, unless it was killed with kill -9: then the next copy to the same file removes \
            what is left.
            """)

    @Option(help: ArgumentHelp("The database to read.", valueName: "database"))
    var from: String

    @Option(help: ArgumentHelp("The empty database to write, or the file to make.", valueName: "database"))
    var to: String

    /// Both databases are named: the config is not read. Every command has the option.
    @OptionGroup var config: ConfigOption

    func run() throws {
        let (source, target) = (
            try DatabaseArgument.address(of: from, isCopied: true), try DatabaseArgument.address(of: to, isCopied: true)
        )
        CopyInterruption.watch()
        let isWatched = isatty(STDERR_FILENO) == 1
        let result = try DatabaseTransfer.copy(from: source, to: target, at: SystemClock().now().wall) { step in
            guard isWatched else { return }
            switch step {
            case .copying(let table): StandardError.write("copying \(table)")
            case .comparing(let table): StandardError.write("comparing \(table)")
            }
        }
        try StandardOutput.show("\(result.count) rows were copied from \(source) to \(target).\n")
        if let new = result.newInstallation { StandardError.write(new.words(of: source.description)) }
    }
}
