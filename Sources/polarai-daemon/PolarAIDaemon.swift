import ArgumentParser
import Config
import Daemon
import Dispatch
import Glibc
import Model
import PolarDB
import Store

/// The command line: one file a command.
@main
struct PolarAIDaemon: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "polarai-daemon",
        abstract: "Watches PolarDB AI training tasks, and notifies the right people when they end.",
        discussion: "A task is called cluster in options, in the config and in JSON, as in the PolarDB API.",
        version: ProgramVersion.current,
        subcommands: [
            RunCommand.self, CheckConfigCommand.self, HistoryCommand.self, StatusCommand.self, ShowCommand.self,
            PollCommand.self, RunsCommand.self, AlertsCommand.self, AckCommand.self, SilenceCommand.self,
            SummaryCommand.self, TestAlertCommand.self, ReloadCommand.self, DoctorCommand.self, BackupCommand.self,
            CopyCommand.self, MetricsCommand.self, HooksCommand.self,
        ])

    static func main() {
        // A reader that has seen enough (`| head`) ends the program; that is not an error.
        signal(SIGPIPE, SIG_DFL)
        do {
            if let request = HistoryRequest(shortcut: CommandLine.arguments.dropFirst()) {
                return try request.run()
            }
        } catch {
            exit(after: error)
        }
        MemoryTuning.prepare()
        // An async main would run all of it at the priority of a user's input, whose threads libdispatch wants to give a
        // better nice value.
        Task.detached(priority: .medium) { await run() }
        dispatchMain()
    }

    private static func run() async {
        do {
            try EmptyValue.check(CommandLine.arguments.dropFirst())
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            exit()
        } catch {
            exit(after: error)
        }
    }

    private static func exit(after error: any Error) -> Never {
        switch error {
        case let failure as CommandFailure:
            StandardError.write(failure.message)
            Self.exit(withError: failure.status.exitCode)
        case let error as StoreError:
            StandardError.write(error.description)
            Self.exit(withError: error.exitStatus.exitCode)
        case let error as ConfigError:
            StandardError.write(error.description)
            Self.exit(withError: ExitStatus.configuration.exitCode)
        case let error as EndpointError:
            StandardError.write(error.message)
            Self.exit(withError: ExitStatus.configuration.exitCode)
        case let error as SecretError:
            StandardError.write(error.message)
            Self.exit(withError: ExitStatus.configuration.exitCode)
        default:
            // Usage errors and `--help`, which the parser words itself.
            Self.exit(withError: error)
        }
    }
}
