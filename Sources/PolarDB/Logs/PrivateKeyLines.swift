import Wire

/// Masks a private key that stands in a log line by line, as loggers print it: each line with their prefix.
///
/// A line of it that is long is known by its shape (`Redaction.lookalikes`); its last one may have four characters.
enum PrivateKeyLines {
    private enum Mark {
        case begin
        case end
    }

    /// Of a line of a key in base64; only the last one may be shorter.
    private static let shortestLine = 40

    /// The lines, oldest first, with the last word masked of each that stands within a key. One of the key's marks may be
    /// missing.
    static func masked(_ lines: [String]) -> [String] {
        var masked = lines
        var begin: Int?
        for (index, line) in lines.enumerated() {
            guard let mark = mark(in: line) else { continue }
            let isClosed = mark == .end && begin != nil
            if let begin {
                let inside = isClosed ? Array(begin + 1..<index) : following(begin, in: lines)
                for key in inside { masked[key] = maskingLastWord(of: lines[key]) }
            } else if mark == .end {
                for key in preceding(index, in: lines) { masked[key] = maskingLastWord(of: lines[key]) }
            }
            begin = mark == .begin ? index : nil
        }
        if let begin {
            for key in following(begin, in: lines) { masked[key] = maskingLastWord(of: lines[key]) }
        }
        return masked
    }

    /// - Returns: nil also for a line that holds a whole key.
    private static func mark(in line: String) -> Mark? {
        guard line.utf8.contains("PRIVATE KEY-----".utf8) else { return nil }
        let begins = line.utf8.contains("-----BEGIN".utf8)
        let ends = line.utf8.contains("-----END".utf8)
        if begins == ends { return nil }
        return begins ? .begin : .end
    }

    /// The lines of a key whose end is missing.
    private static func following(_ begin: Int, in lines: [String]) -> [Int] {
        var key: [Int] = []
        for index in begin + 1..<lines.count {
            let word = lastWord(of: lines[index])
            guard isBase64(word) else { break }
            key.append(index)
            if word.utf8.count < shortestLine { break }
        }
        return key
    }

    /// The lines of a key whose beginning is missing.
    private static func preceding(_ end: Int, in lines: [String]) -> [Int] {
        var key: [Int] = []
        for index in (0..<end).reversed() {
            let word = lastWord(of: lines[index])
            guard isBase64(word), word.utf8.count >= shortestLine || index == end - 1 else { break }
            key.append(index)
        }
        return key
    }

    // MARK: - Words

    private static func isBase64(_ word: Substring) -> Bool {
        word.utf8.allSatisfy { $0.isLetterOrDigit || "+/=".utf8.contains($0) }
    }

    private static func lastWord(of line: String) -> Substring {
        line.split(separator: " ").last ?? ""
    }

    private static func maskingLastWord(of line: String) -> String {
        let word = lastWord(of: line)
        return line[..<word.startIndex] + Redaction.mark
    }
}
