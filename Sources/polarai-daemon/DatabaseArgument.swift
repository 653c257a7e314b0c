import Postgres
import Store

/// A database as the command line names it: the path of a file, or the URL of a PostgreSQL database.
enum DatabaseArgument {
    /// - Throws: `CommandFailure` if a URL cannot be read, or has a password: other users see the arguments of a command.
    ///
    /// - Parameter isCopied: a copy of a large history takes its time, and one side waits for the other; whatever else is
    ///   asked ends soon, also if the server hangs.
    static func address(of text: String, isCopied: Bool = false) throws(CommandFailure) -> DatabaseAddress {
        guard PostgresAddress.isURL(text) else { return .file(text) }
        do {
            let address = try PostgresAddress(text)
            guard !address.holdsPassword else {
                throw CommandFailure(
                    "A password in the arguments of a command can be read by every user of this host. Leave it out, and "
                        + "write it into ~/.pgpass (mode 0600), or into the file that PGPASSFILE names.", .usage)
            }
            var options = PostgresOptions(applicationName: "polarai-daemon command", connectLimit: .seconds(5))
            if isCopied { (options.statementLimit, options.idleLimit) = (.seconds(60), .seconds(600)) }
            return .postgres(try PostgresSource(options: options) { address })
        } catch let failure as CommandFailure {
            throw failure
        } catch let error as PostgresError {
            throw CommandFailure("The URL of the database \(error)", .usage)
        } catch {
            throw CommandFailure("\(error)", .usage)
        }
    }
}
