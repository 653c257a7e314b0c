import CPostgres
import Wire

/// Makes an error of what libpq and the server say: masked, one line, bounded, and of a kind.
struct MessageReader: Sendable {
    private let redaction: Redaction
    private static let maximumBytes = 400

    /// - Parameter secrets: texts that must not be seen, the whole address among them.
    init(secrets: [String]) {
        redaction = Redaction(secrets: secrets)
    }

    func shown(_ text: String) -> String {
        SafeText.line(redaction.redact(text, upTo: 4 * Self.maximumBytes), maximumBytes: Self.maximumBytes)
    }

    /// Of a statement that failed. Only the primary message: details quote rows.
    func error(of result: OpaquePointer) -> PostgresError {
        let severity = Self.field(polarai_postgres_field_severity, of: result)
        let isFatal = severity == "FATAL" || severity == "PANIC"
        guard let state = Self.field(polarai_postgres_field_state, of: result) else {
            // libpq's own: the connection ended.
            return sessionEnd(PQresultErrorMessage(result).map { String(cString: $0) } ?? "")
        }
        let words = Self.field(polarai_postgres_field_message, of: result) ?? "no reason given"
        var error = PostgresError(
            .init(sqlState: state, isFatal: isFatal), shown("\(words) (\(state))"), sqlState: state)
        error.endedSession = isFatal
        return error
    }

    /// - Parameter words: libpq's: behind the first line it guesses at the reason.
    func sessionEnd(_ words: String) -> PostgresError {
        let words = words.split(separator: "\n").first.map(String.init) ?? ""
        var error = PostgresError(.connectionLost, words.isEmpty ? "the connection ended" : shown(words))
        error.endedSession = true
        return error
    }

    private static func field(_ code: Int32, of result: OpaquePointer) -> String? {
        PQresultErrorField(result, code).map { String(cString: $0) }
    }

    /// Of a connection that could not be made. libpq gives a text alone, in which the server's code stands if it is asked
    /// to be verbose: `FATAL:  28P01: password authentication failed for user "x"`.
    ///
    /// - Parameter isStandby: whether the server said at login that it is one.
    func connectionError(_ text: String, at place: String, isStandby: Bool = false) -> PostgresError {
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("LOCATION:") && !$0.hasPrefix("DETAIL:") }
        for line in lines {
            guard let (state, words) = Self.serverWords(in: line) else { continue }
            return PostgresError(
                .init(sqlState: state, isFatal: true), shown("\(place): \(words) (\(state))"), sqlState: state)
        }
        let kind = Self.kind(ofWords: text, isStandby: isStandby)
        let words =
            switch kind {
            case .standby: "the server is a standby, which takes no writes"
            case .readOnly: "the server takes no writes, because default_transaction_read_only is on"
            default: lines.first.map { String(Self.withoutPlace(String($0))) } ?? "the connection could not be made"
            }
        return PostgresError(kind, shown("\(place): \(words)"))
    }

    /// `…FATAL:  28P01: words` in two.
    private static func serverWords(in line: Substring) -> (state: String, words: Substring)? {
        for severity in ["FATAL:  ", "PANIC:  ", "ERROR:  "] {
            let bytes = line.utf8
            guard let start = line.range(of: severity)?.upperBound else { continue }
            let rest = bytes[start...]
            let state = rest.prefix(5)
            guard state.count == 5, state.allSatisfy({ $0.isLetterOrDigit && !$0.isLowercaseLetter }),
                rest.dropFirst(5).starts(with: ": ".utf8)
            else { continue }
            return (String(decoding: state, as: UTF8.self), line[bytes.index(start, offsetBy: 7)...])
        }
        return nil
    }

    /// libpq begins with `connection to server at "…", port … failed: `; where it was is said already.
    private static func withoutPlace(_ line: String) -> Substring {
        guard line.hasPrefix("connection to server"), let end = line.range(of: " failed: ")?.upperBound else {
            return line[...]
        }
        return line[end...]
    }

    /// libpq's own words, which no code goes with.
    private static func kind(ofWords text: String, isStandby: Bool) -> PostgresError.Kind {
        if text.contains("no password supplied") { return .authentication }
        if text.contains("server is in hot standby mode") { return .standby }
        if text.contains("session is read-only") { return isStandby ? .standby : .readOnly }
        let ofTLS = [
            "certificate", "server does not support SSL", "private key file", "unknown ca", "SSL was required",
            "channel binding",
        ]
        if ofTLS.contains(where: text.contains) { return .certificate }
        if text.contains("authentication method") || text.contains("SCRAM") { return .authentication }
        return .unreachable
    }
}

extension StringProtocol {
    /// Where a text stands within this one, compared by bytes.
    fileprivate func range(of text: String) -> Range<Index>? {
        let wanted = Array(text.utf8)
        var start = utf8.startIndex
        while start < utf8.endIndex {
            if utf8[start...].starts(with: wanted) { return start..<utf8.index(start, offsetBy: wanted.count) }
            start = utf8.index(after: start)
        }
        return nil
    }
}
