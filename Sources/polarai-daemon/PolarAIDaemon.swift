import ArgumentParser

@main
struct PolarAIDaemon: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "polarai-daemon")
}
