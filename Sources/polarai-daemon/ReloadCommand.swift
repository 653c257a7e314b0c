import ArgumentParser
import Config
import Daemon
import Foundation
import HTTPTransport
import Model

/// `polarai-daemon reload`: what `systemctl reload` runs.
struct ReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload", abstract: "Make the running daemon read its config again, and print the result.",
        discussion: """
            A config with mistakes changes nothing: they are printed, and the exit status is 78. Without a running daemon \
            it is 69. The daemon always reads the config that it was started with. --config does not choose another one: \
            if the daemon was started with a different config, nothing is reloaded and the exit status is 1.
            """)

    @OptionGroup var config: ConfigOption

    func run() async throws {
        let reply: ControlReply
        do throws(ControlClientError) {
            // A config with many files and clusters takes its time, and so may a busy disk.
            reply = try await ControlClient.ask(
                .post, "/v1/reload", config.given.map { .object(["config": .string(Self.absolute($0))]) },
                limit: .seconds(60))
        } catch {
            throw CommandFailure(error)
        }
        switch reply.status {
        case 200:
            for note in reply.texts("notes") { StandardError.write(note) }
            try StandardOutput.write(Array("The new config is in force.\n".utf8))
        case 422:
            let mistakes = reply.texts("mistakes").joined(separator: "\n")
            throw CommandFailure(
                "\(mistakes)\nThe new config was refused: nothing changed, and the daemon keeps running.",
                .configuration)
        default:
            throw CommandFailure(reply.refusal, .failure)
        }
    }
}

extension ReloadCommand {
    /// The daemon works in another folder.
    fileprivate static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}

extension ControlReply {
    fileprivate func texts(_ key: String) -> [String] {
        (body[key]?.arrayValue ?? []).compactMap(\.stringValue)
    }
}

extension CommandFailure {
    init(_ error: ControlClientError) {
        switch error {
        case .unreachable(let message): self.init(message, .unavailable)
        case .noPermission(let message): self.init(message, .permission)
        }
    }
}
