import GRDB
package import Model

/// A new installation code, and why the database got it.
package struct NewInstallation: Hashable, Sendable, CustomStringConvertible {
    package let old: String
    package let new: String
    let reason: String
    let firstNumber: Int64
    /// Where the log is now that lay beside the file and belonged to the file before it.
    private(set) var strayLog: String?

    func noting(strayLog: String?) -> NewInstallation {
        var new = self
        new.strayLog = strayLog
        return new
    }

    package var description: String { words(of: "This database") }

    /// The same of a database that is named.
    package func words(of place: String) -> String {
        "\(place) comes from a copy: \(reason). Events from number \(firstNumber) on get ids with a new prefix, "
            + "\(new); older events keep theirs, \(old)."
            + (strayLog.map {
                " The -wal file of the database that was here before was not applied; it was renamed to \($0)."
            }
                ?? "")
    }
}

/// Whether a database continues its own history or was put back from a copy: a copy that went on under the same code
/// would give an id for the second time, and a receiver that keeps ids drops the message.
struct Lineage {
    let database: Database
    /// The number of the newest event that ever was, 0 if there was none.
    let newest: Int64
    let file: FileIdentity?
    /// The newest event that was stored here before.
    let lastHere: EventID?

    /// Gives the database a new code if it comes from a copy, and notes which file it is.
    ///
    /// - Parameter code: the code to give.
    func settle(newCode code: () -> String, at now: Timestamp) throws -> NewInstallation? {
        let row = try Row.fetchOne(database, sql: "SELECT code, inode, born_at, is_copy FROM installation")
        guard let row else { return nil }
        let old: String = row[0]
        let known = (row[1] as Int64?).map { FileIdentity(inode: $0, bornAt: row[2]) }
        guard let reason = try reason(isMarked: row[3], known: known) else {
            if known != file { try note(file) }
            return nil
        }
        let new = Planted.isOn(.restoreKeepsCode) ? old : code()
        try database.inTransaction(.immediate) {
            try database.execute(
                sql: "INSERT OR REPLACE INTO installations (first_seq, code, since) VALUES (?, ?, ?)",
                arguments: [newest + 1, new, now.milliseconds])
            try database.execute(sql: "UPDATE installation SET code = ?, is_copy = 0", arguments: [new])
            try note(file)
            return .commit
        }
        return NewInstallation(old: old, new: new, reason: reason, firstNumber: newest + 1)
    }

    private func reason(isMarked: Bool, known: FileIdentity?) throws -> String? {
        try Self.reason(isMarked: isMarked, known: known, file: file, lastHere: lastHere, newest: newest) {
            try String.fetchAll(database, sql: "SELECT code FROM installations")
        }
    }

    /// Why a file comes from a copy on which no daemon was started since; nil if it continues its own history.
    ///
    /// - Parameter path: of the file, which is open and of which `session` reads.
    static func reason(in session: Session, at path: String, _ file: FileIdentity?) throws -> String? {
        let found = try session.first("SELECT is_copy, inode, born_at FROM installation") { row in
            (isMarked: row[0] as Bool, inode: row[1] as Int64?, bornAt: row[2] as Int64?)
        }
        guard let found else { return nil }
        return try reason(
            isMarked: found.isMarked, known: found.inode.map { FileIdentity(inode: $0, bornAt: found.bornAt) },
            file: file, lastHere: LastNumber.read(database: path), newest: session.newestNumber()
        ) {
            try session.texts("SELECT code FROM installations")
        }
    }

    private static func reason(
        isMarked: Bool, known: FileIdentity?, file: FileIdentity?, lastHere: EventID?, newest: Int64,
        codes: () throws -> [String]
    ) throws -> String? {
        if isMarked { return "it was written by `polarai-daemon backup`" }
        if let known, let file, !known.matches(file) {
            return "the file was copied, or moved to another file system"
        }
        guard let lastHere else { return nil }
        if try !codes().contains(lastHere.installation) { return "another database was in this place before" }
        if lastHere.seq > newest {
            return "its last event is number \(newest), but events up to number \(lastHere.seq) had been stored here"
        }
        return nil
    }

    /// Gives the events to come a new code, in a database that was filled from a copy. In the transaction that is open.
    static func begin(anew session: Session, because reason: String, at now: Timestamp) throws -> NewInstallation {
        let old = try session.text("SELECT code FROM installation") ?? ""
        let first = try session.newestNumber() + 1
        let new = InstallationCode.random()
        try session.run("DELETE FROM installations WHERE first_seq = ?", [first])
        try session.run(
            "INSERT INTO installations (first_seq, code, since) VALUES (?, ?, ?)", [first, new, now.milliseconds])
        try session.run("UPDATE installation SET code = ?", [new])
        return NewInstallation(old: old, new: new, reason: reason, firstNumber: first)
    }

    private func note(_ file: FileIdentity?) throws {
        try database.execute(
            sql: "UPDATE installation SET inode = ?, born_at = ?", arguments: [file?.inode, file?.bornAt])
    }
}

/// Which code the id of an event begins with, by its number.
package struct EventNumbering: Hashable, Sendable {
    /// By their first number, ascending; never empty.
    private let lives: [Life]

    struct Life: Hashable, Sendable {
        let first: Int64
        let code: String
    }

    init(_ lives: [Life], newest code: String) {
        let sorted = lives.sorted { $0.first < $1.first }
        self.lives = sorted.isEmpty ? [Life(first: 1, code: code)] : sorted
        current = code
    }

    /// The code of the events to come.
    package let current: String

    /// What the event with this number is called outside.
    package func id(_ seq: Int64) -> EventID {
        EventID(installation: code(of: seq), seq: seq)
    }

    /// The code under which the event with this number was made.
    package func code(of seq: Int64) -> String {
        for life in lives.reversed() where life.first <= seq { return life.code }
        return lives.first?.code ?? current
    }

    /// The number in the id of an event of this database; nil if it is none.
    package func seq(of text: String) -> Int64? {
        guard let id = EventID(text), code(of: id.seq) == id.installation else { return nil }
        return id.seq
    }

    /// The greatest number up to which both name events alike.
    package func commonEnd(with other: EventNumbering) -> Int64 {
        var index = 0
        while index < min(lives.count, other.lives.count), lives[index] == other.lives[index] { index += 1 }
        let next = [lives, other.lives].compactMap { $0.count > index ? $0[index].first : nil }
        return (next.min() ?? .max) - 1
    }

    init(in session: Session) throws {
        let code = try session.text("SELECT code FROM installation") ?? ""
        let lives = try session.rows("SELECT first_seq, code FROM installations ORDER BY first_seq") {
            Life(first: $0[0], code: $0[1])
        }
        self.init(lives, newest: code)
    }
}
