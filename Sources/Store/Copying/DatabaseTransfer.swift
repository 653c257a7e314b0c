package import Model

/// Copies all that is stored into an empty database, of the same or the other kind: the installation, the history, and
/// what waits. What has arrived is read back, and compared with what was read, before anybody can use it.
package struct DatabaseTransfer {
    private let source: Session
    private let target: Session

    /// Copies a database whole. Interrupted, it can be repeated. What a kill leaves of a file (`.partial`) is removed then;
    /// see also `UnfinishedCopy`.
    ///
    /// - Parameters:
    ///   - now: by this host's clock. A database of PostgreSQL has a clock of its own, which counts.
    ///   - progress: called before each table is copied, and before it is compared.
    /// - Returns: how many rows were copied, and whether the events to come have ids with a new prefix.
    /// - Throws: `StoreError.held` or `.shared` if a daemon works on the source, `.missing`, `.olderSchema` or `.newerSchema` for the
    ///   source, `.corrupt` if a text of it is not in UTF-8, `.occupied` if the target is not empty, `.io` if what has arrived is
    ///   not what was read, and what the engines throw.
    package static func copy(
        from source: DatabaseAddress, to target: DatabaseAddress, at now: Timestamp,
        progress: (TransferStep) throws -> Void = { _ in }
    ) throws -> TransferResult {
        switch source {
        case .file(let path):
            // With the lock of a command: no daemon starts on it meanwhile.
            let store = try EventStore(forCommandAt: path)
            defer { try? store.close() }
            return try store.read { session in
                let reason = try Lineage.reason(
                    in: session, at: store.path, (store.engine as? SQLiteEngine)?.identity)
                return try copy(from: session, restoredBecause: reason, to: target, at: now, progress)
            }
        case .postgres(let source):
            let reader = try PostgresReader(source)
            return try reader.snapshot {
                if let holder = try reader.liveDaemon() { throw StoreError.shared(place: reader.place, holder: holder) }
                let time = try reader.time() ?? now
                return try copy(from: reader.session, restoredBecause: nil, to: target, at: time, progress)
            }
        }
    }

    /// - Parameter reason: why the source is itself a copy that has not gone on yet; nil if it is none.
    private static func copy(
        from source: Session, restoredBecause reason: String?, to target: DatabaseAddress, at now: Timestamp,
        _ progress: (TransferStep) throws -> Void
    ) throws -> TransferResult {
        switch target {
        case .postgres(let place):
            let store = try EventStore(postgres: place, outcomeLimit: .seconds(60))
            defer { try? store.close() }
            return try store.write(.alerts) { session in
                guard try isEmpty(session) else { throw StoreError.occupied(place: session.place) }
                let copied = try DatabaseTransfer(source: source, target: session).copyAll(progress)
                try copied.compare(with: session, progress)
                let time = try session.integer(PostgresReader.clock).map(Timestamp.init(milliseconds:)) ?? now
                let new = try reason.map { try Lineage.begin(anew: session, because: $0, at: time) }
                return TransferResult(count: copied.count, newInstallation: new)
            }
        case .file(let path):
            return try FileInTheMaking(path: RealPath.resolve(path)).make { partial in
                let store = try EventStore(path: partial, at: now)
                let result: TransferResult
                do {
                    result = try fill(store, from: source, restoredBecause: reason, at: now, progress)
                } catch {
                    try? store.close()
                    throw error
                }
                try store.close()
                return result
            }
        }
    }

    /// Fills a new file, and leaves it without a log, as every copy is: see `StrayLog`.
    private static func fill(
        _ store: EventStore, from source: Session, restoredBecause reason: String?, at now: Timestamp,
        _ progress: (TransferStep) throws -> Void
    ) throws -> TransferResult {
        let copied = try store.write(.alerts) {
            try DatabaseTransfer(source: source, target: $0).copyAll(progress)
        }
        // Before they are compared: what is read then is the file itself.
        try store.copyLogBack()
        try store.read { try copied.compare(with: $0, progress) }
        let new = try reason.map { reason in
            try store.write { try Lineage.begin(anew: $0, because: reason, at: now) }
        }
        try store.leaveLog()
        return TransferResult(count: copied.count, newInstallation: new)
    }

    private static func isEmpty(_ session: Session) throws -> Bool {
        try session.newestNumber() == 0
            && session.flag("SELECT NOT EXISTS (SELECT 1 FROM clusters) AND NOT EXISTS (SELECT 1 FROM daemon)") == true
    }

    private func copyAll(_ progress: (TransferStep) throws -> Void) throws -> CopiedRows {
        let code = try source.text("SELECT code FROM installation") ?? ""
        let createdAt = try source.integer("SELECT created_at FROM installation")
        try target.run("UPDATE installation SET code = ?, created_at = ?", [code, createdAt])
        try target.run("DELETE FROM installations")
        var copied = CopiedRows()
        for table in StoredTable.all {
            try progress(.copying(table.name))
            copied.tables.append((table, try copy(table)))
        }
        try target.continueNumbers(after: source.newestNumber())
        return copied
    }

    private func copy(_ table: StoredTable) throws -> TableDigest {
        var digest = TableDigest()
        let insertion = try target.statement(table.insertion)
        try table.forEachPart(in: source) { rows in
            for row in rows {
                digest.add(row)
                try insertion.run(SQLValues(row))
            }
            // A server that is slower than what is read: no more than this is under way at once, within the limit of one
            // answer.
            try target.flush()
        }
        return digest
    }
}

/// What was copied.
package struct TransferResult: Sendable {
    /// How many rows.
    package let count: Int
    /// Set if the source was a copy, a backup for example: the same id is not given to two events.
    package let newInstallation: NewInstallation?
}

/// What is being done, and with which table.
package enum TransferStep: Hashable, Sendable {
    case copying(String)
    case comparing(String)
}

/// What was read of the source.
private struct CopiedRows {
    var tables: [(table: StoredTable, digest: TableDigest)] = []

    var count: Int { tables.map(\.digest.count).reduce(0, +) }

    /// Reads what has arrived.
    ///
    /// - Throws: `StoreError.io` if it is not what was read.
    func compare(with target: Session, _ progress: (TransferStep) throws -> Void) throws {
        for (table, read) in tables {
            try progress(.comparing(table.name))
            var written = TableDigest()
            try table.forEachPart(in: target) { rows in
                for row in rows { written.add(row) }
            }
            guard written == read else {
                let difference = written.count == read.count ? "values differ" : "\(written.count) written"
                throw StoreError.io(
                    path: target.place,
                    detail: "the copy of table \(table.name) differs from the original (\(read.count) rows read, "
                        + "\(difference)), so the copy was not kept. Run the command again; if this happens again, check the "
                        + "disk and the memory (`dmesg`), and report it")
            }
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
