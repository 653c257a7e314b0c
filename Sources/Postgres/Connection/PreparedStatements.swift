/// What is on its way to the server, in order.
enum PendingCommand {
    /// A statement's text.
    case prepare(String)
    /// With who is given its result as soon as that is here.
    case run(((PostgresResult) -> Void)?)
}

/// The statements that a session has prepared, by their text.
struct PreparedStatements {
    private var names: [String: String] = [:]
    private var count = 0

    /// More texts than the programs have: whoever makes new ones without end does not fill the server's memory.
    private static let most = 500

    /// - Returns: the name to run it by, and whether the server does not know it yet.
    mutating func name(for text: String) -> (name: String, isNew: Bool) {
        if let name = names[text] { return (name, false) }
        // Without a name it lasts until the next one without.
        guard names.count < Self.most else { return ("", true) }
        count += 1
        let name = "p\(count)"
        names[text] = name
        return (name, true)
    }

    /// It was not prepared after all.
    mutating func forget(_ text: String) {
        names[text] = nil
    }

    /// All of them are prepared anew, under other names.
    mutating func forgetAll() {
        names.removeAll()
    }

    /// Whether what was prepared cannot be run any more: a table was changed, or the session is another one.
    static func isOutdated(_ error: PostgresError) -> Bool {
        error.sqlState == "0A000" || error.sqlState == "26000"
    }
}
