import ArgumentParser

/// `polarai-daemon silence`: alerts that nobody wants for a time.
struct SilenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "silence", abstract: "Hold alerts for a time: add, list and end silences.",
        subcommands: [SilenceAdd.self, SilenceListCommand.self, SilenceEnd.self])
}
