import Foundation
import HTTPTransport
import TestSupport

/// A mail server that says what the test has it say, and keeps what it was sent.
final class MailScript: Sendable {
    /// The reply to the first words of a command, without the line end: `RCPT TO:<b@` → `550 no`. The longest that fits
    /// counts; what is not there gets the usual reply, and an empty reply ends the connection.
    private let replies: [String: String]
    private let received = Box<[String]>()
    private let content = Box<[UInt8]>()

    init(_ replies: [String: String] = [:]) {
        self.replies = replies
    }

    /// The commands, in order.
    var commands: [String] { received.value ?? [] }
    /// The lines between DATA and the dot, as they came.
    var mail: [UInt8]? { content.value }

    func serve(_ connection: LoopbackConnection) {
        guard reply(to: "greeting", "220 mail.example.com ESMTP", on: connection) else { return }
        while let line = connection.readLine() {
            let command = String(decoding: line, as: UTF8.self)
            received.value = commands + [command]
            let usual =
                switch command.prefix(4).uppercased() {
                case "EHLO": "250-mail.example.com\r\n250 8BITMIME"
                case "DATA": "354 go on"
                case "QUIT": "221 bye"
                case "AUTH": "334 "
                default: "250 ok"
                }
            guard reply(to: command, usual, on: connection) else { return }
            if (chosen(command) ?? usual).hasPrefix("334") {
                // The password, which is not kept.
                guard connection.readLine() != nil, reply(to: "login", "235 welcome", on: connection) else { return }
            }
            if command == "DATA", (chosen(command) ?? usual).hasPrefix("354") {
                guard readMail(connection), reply(to: "mail", "250 queued", on: connection) else { return }
            }
        }
    }

    private func readMail(_ connection: LoopbackConnection) -> Bool {
        var bytes: [UInt8] = []
        while let line = connection.readLine() {
            if line == Array(".".utf8) {
                content.value = bytes
                return true
            }
            bytes += line + [13, 10]
        }
        return false
    }

    private func chosen(_ command: String) -> String? {
        replies.filter { command.hasPrefix($0.key) }.max { $0.key.count < $1.key.count }?.value
    }

    /// - Returns: whether the talk goes on.
    private func reply(to command: String, _ usual: String, on connection: LoopbackConnection) -> Bool {
        let text = chosen(command) ?? usual
        if text == "silence" {
            connection.waitForEnd()
            return false
        }
        return !text.isEmpty && connection.write(text + "\r\n")
    }
}
