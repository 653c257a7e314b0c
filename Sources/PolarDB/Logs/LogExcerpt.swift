import Model

/// The end of a training's log, fit to be stored and sent to anybody: few lines, none of them long, no secrets.
package enum LogExcerpt {
    package static let mostLines = 20
    /// Of one line, and of all together, in bytes of UTF-8: an alert has to go through a chat service.
    package static let longestLine = 1000
    package static let mostBytes = 8000
    /// Of a line before secrets are looked for in it. More than is shown, so that a secret is not cut in two.
    private static let longestRead = 4000
    /// Of a message, from its end.
    private static let longestMessage = 128 << 10

    /// Of lines before those that are shown: a private key may begin there.
    private static let linesBefore = 80
    /// Of all lines together, with those before.
    private static let mostRead = 100_000

    /// - Parameters:
    ///   - messages: oldest first; a message may hold several lines.
    ///   - secrets: texts that must not be in it: the key that the log was read with.
    package static func make(_ messages: [String], hiding secrets: [String] = []) -> [String] {
        // A shorter text is not a secret and would tear holes into ordinary words.
        let known = Redaction(secrets: secrets.filter { $0.utf8.count >= 8 })
        var lines: [String] = []
        var bytes = 0
        for line in PrivateKeyLines.masked(read(messages)).reversed() {
            let shown = Redaction.lookalikes(in: known.redact(line)).trimmed.cut(bytes: longestLine)
            guard !shown.isEmpty else { continue }
            bytes += shown.utf8.count
            guard lines.count < mostLines, bytes <= mostBytes else { break }
            lines.append(shown)
        }
        return lines.reversed()
    }

    /// The last lines that are not empty, oldest first, as a terminal would show them.
    private static func read(_ messages: [String]) -> [String] {
        var lines: [String] = []
        var bytes = 0
        for message in messages.reversed() {
            let end = String(decoding: message.utf8.suffix(longestMessage), as: UTF8.self)
            for line in end.split(whereSeparator: { $0 == "\n" || $0 == "\r\n" }).reversed() {
                // A progress bar is drawn over itself; what stood there last is what a reader saw.
                let last = line.split(separator: "\r").last ?? ""
                let text = plain(String(last).cut(bytes: longestRead))
                guard !text.trimmed.isEmpty else { continue }
                bytes += text.utf8.count
                guard lines.count < mostLines + linesBefore, bytes <= mostRead else { return lines.reversed() }
                lines.append(text)
            }
        }
        return lines.reversed()
    }

    /// Without colours and other control sequences of a terminal.
    private static func plain(_ text: String) -> String {
        var plain = String.UnicodeScalarView()
        var isInSequence = false
        for scalar in text.unicodeScalars {
            if isInSequence {
                // `ESC [ … letter`.
                if scalar.properties.isAlphabetic { isInSequence = false }
            } else if scalar == "\u{1B}" {
                isInSequence = true
            } else if scalar == "\t" {
                plain.append(" ")
            } else if !SafeText.isHidden(scalar) {
                plain.append(scalar)
            }
        }
        return String(plain)
    }
}
