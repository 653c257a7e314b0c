package import Model

/// Copies all that is stored into an empty database, of the same or the other kind: the installation, the history, and
/// what waits.
package struct DatabaseTransfer {
    private let source: Session
    private let target: Session

    /// How many rows are read at once.
    private static let part = 1000

    /// Copies a database whole. Killed, it leaves nothing, and can be repeated.
    ///
    /// - Parameters:
    ///   - now: by this host's clock. A database of PostgreSQL has a clock of its own, which counts.
    ///   - progress: called with the name of each table before it is copied.
    /// - Returns: how many rows were copied.
    /// - Throws: `StoreError.held` or `.shared` if a daemon works on the source, `.missing`, `.olderSchema` or `.newerSchema` for the
    ///   source, `.occupied` if the target is not empty, and what the engines throw.
    package static func copy(
        from source: DatabaseAddress, to target: DatabaseAddress, at now: Timestamp,
        progress: (String) throws -> Void = { _ in }
    ) throws -> Int {
        switch source {
        case .file(let path):
            // With the lock of a command: no daemon starts on it meanwhile.
            let store = try EventStore(forCommandAt: path)
            defer { try? store.close() }
            return try store.read { try copy(from: $0, to: target, at: now, progress) }
        case .postgres(let source):
            let reader = try PostgresReader(source)
            return try reader.snapshot {
                if let holder = try reader.liveDaemon() { throw StoreError.shared(place: reader.place, holder: holder) }
                return try copy(from: reader.session, to: target, at: reader.time() ?? now, progress)
            }
        }
    }

    private static func copy(
        from source: Session, to target: DatabaseAddress, at now: Timestamp, _ progress: (String) throws -> Void
    ) throws -> Int {
        switch target {
        case .postgres(let place):
            let store = try EventStore(postgres: place)
            defer { try? store.close() }
            return try store.write(.alerts) { session in
                guard try isEmpty(session) else { throw StoreError.occupied(place: session.place) }
                return try DatabaseTransfer(source: source, target: session).copyAll(progress)
            }
        case .file(let path):
            let path = RealPath.resolve(path)
            guard case .absent = try DatabaseFile(at: path) else { throw StoreError.occupied(place: path) }
            return try FileInTheMaking(path: path).make { partial in
                let store = try EventStore(path: partial, at: now)
                defer { try? store.close() }
                return try store.write(.alerts) {
                    try DatabaseTransfer(source: source, target: $0).copyAll(progress)
                }
            }
        }
    }

    private static func isEmpty(_ session: Session) throws -> Bool {
        try session.newestNumber() == 0
            && session.flag("SELECT NOT EXISTS (SELECT 1 FROM clusters) AND NOT EXISTS (SELECT 1 FROM daemon)") == true
    }

    private func copyAll(_ progress: (String) throws -> Void) throws -> Int {
        let code = try source.text("SELECT code FROM installation") ?? ""
        let createdAt = try source.integer("SELECT created_at FROM installation")
        try target.run("UPDATE installation SET code = ?, created_at = ?", [code, createdAt])
        try target.run("DELETE FROM installations")
        var count = 0
        for table in StoredTable.all {
            try progress(table.name)
            count += try copy(table)
        }
        try target.continueNumbers(after: source.newestNumber())
        return count
    }

    private func copy(_ table: StoredTable) throws -> Int {
        var count = 0
        var last: [SQLValue]?
        let insertion = try target.statement(table.insertion)
        while true {
            let values = SQLValues((last ?? []) + [.integer(Int64(Self.part))])
            let rows = try source.rows(table.query(isNext: last != nil), values) { table.values(of: $0) }
            for row in rows { try insertion.run(SQLValues(row)) }
            count += rows.count
            guard rows.count == Self.part, let end = rows.last else { return count }
            last = table.key(of: end)
        }
    }
}

extension Session {
    /// After rows were copied with their numbers: the next ones follow them.
    ///
    /// - Parameter newest: of the events.
    fileprivate func continueNumbers(after newest: Int64) throws {
        switch engine {
        case .sqlite:
            // The numbers of rows that are there are known; an event may have been deleted since.
            try run("DELETE FROM sqlite_sequence WHERE name = 'events'")
            try run("INSERT INTO sqlite_sequence (name, seq) VALUES ('events', ?)", [newest])
        case .postgres:
            try run("UPDATE installation SET last_seq = ?", [newest])
            for table in StoredTable.numbered {
                try run(
                    """
                    SELECT setval(pg_get_serial_sequence('\(table)', 'id'), coalesce((SELECT max(id) FROM \(table)), 0) + 1, \
                    false)
                    """)
            }
        }
    }
}

/// A database that gets its name when it is whole.
private struct FileInTheMaking {
    let path: String

    func make<Value>(_ fill: (_ partial: String) throws -> Value) throws -> Value {
        let partial = path + ".partial"
        try remove(partial)
        do {
            let value = try fill(partial)
            try SystemCall.publish(partial, as: path)
            try remove(partial)
            return value
        } catch {
            try? remove(partial)
            throw error
        }
    }

    private func remove(_ partial: String) throws {
        for name in [partial] + ["-wal", "-shm", ".last", ".creating"].map({ partial + $0 }) {
            try SystemCall.remove(name)
        }
    }
}
