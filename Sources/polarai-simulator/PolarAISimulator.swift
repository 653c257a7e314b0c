import ArgumentParser
import Hummingbird
import HummingbirdTLS

@main
struct PolarAISimulator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "polarai-simulator")
}
