import Migrations
import Model
import Postgres

/// The steps from an address to a database of PostgreSQL that may be written: connected, migrated, numbered.
struct OpenedPostgres {
    let session: PostgresSession
    let numbering: EventNumbering
    let counts: AlertCounts

    /// Of the lock that whoever migrates takes: "plai" in ASCII.
    private static let lock: Int64 = 0x706C_6169
    /// A step may change a large table, and another host may be at it.
    private static let limit = Duration.seconds(900)

    /// Creates or migrates the schema where it is missing or older.
    ///
    /// - Throws: `StoreError.newerSchema`, `.denied`, `.login`, `.unavailable` or `.corrupt`.
    init(
        _ source: PostgresSource, at now: Timestamp?, migrations: [Migration], newInstallation: String?,
        progress: (OpeningStep) -> Void
    ) throws {
        let session = PostgresSession(source)
        try Self.prepare(session, at: now, migrations, newInstallation ?? InstallationCode.random(), progress)
        try Self.checkRights(Session(session))
        try self.init(checked: session)
    }

    /// A daemon that may only read would start, and store nothing.
    ///
    /// - Throws: `StoreError.denied`.
    private static func checkRights(_ session: Session) throws {
        let table = try session.first(WriteRights.missing) { $0[0] as String? }
        guard let table else { return }
        throw StoreError.denied(place: session.place, detail: "it may not write to the table \(table)")
    }

    /// Opens a database that is there; creates and migrates nothing.
    ///
    /// - Throws: also `StoreError.missing` and `.olderSchema`.
    init(forCommandOn source: PostgresSource) throws {
        let session = PostgresSession(source)
        try Self.checkSchema(of: Session(session))
        try self.init(checked: session)
    }

    private init(checked session: PostgresSession) throws {
        let store = Session(session)
        self.session = session
        numbering = try EventNumbering(in: store)
        counts = try EventStore.countAlerts(in: store)
    }

    /// - Throws: `StoreError.missing`, `.olderSchema` or `.newerSchema`.
    static func checkSchema(of session: Session) throws {
        let known = Migration.postgres.last?.version ?? 0
        guard let found = try version(in: session) else { throw StoreError.missing(path: session.place) }
        guard found == known else { throw StoreError.schema(path: session.place, found: found, known: known) }
    }

    private static func prepare(
        _ postgres: PostgresSession, at now: Timestamp?, _ migrations: [Migration], _ code: String,
        _ progress: (OpeningStep) -> Void
    ) throws {
        let session = Session(postgres)
        let known = migrations.last?.version ?? 0
        // Most starts find all as it should be, and wait for nobody.
        if try version(in: session) == known { return }
        progress(.checking)
        try postgres.begin()
        do {
            try postgres.wait(forLock: lock, within: limit)
            let found = try version(in: session)
            if let found, found > known {
                throw StoreError.newerSchema(path: session.place, found: found, known: known, copy: nil)
            }
            if found == nil { try checkEmpty(session) }
            if found ?? 0 < known {
                progress(found.map { .migrating(fromVersion: $0, toVersion: known) } ?? .creating)
                try migrate(postgres, session, from: found, migrations)
                if found == nil { try number(session, code, at: now) }
            }
            try postgres.commit { false }
        } catch {
            postgres.rollback()
            throw error
        }
        // The limits of a daemon hold from now on.
        postgres.close()
    }

    private static func migrate(
        _ postgres: PostgresSession, _ session: Session, from version: Int?, _ migrations: [Migration]
    ) throws {
        if version == nil { try session.run("CREATE TABLE schema_version (version int8 NOT NULL)") }
        for migration in migrations where migration.version > version ?? 0 {
            try postgres.runScript(migration.sql, within: limit)
        }
        try session.run("DELETE FROM schema_version")
        try session.run("INSERT INTO schema_version (version) VALUES (?)", [migrations.last?.version ?? 0])
    }

    /// - Parameter now: nil: by the clock of the database, which counts for all of its hosts.
    private static func number(_ session: Session, _ code: String, at now: Timestamp?) throws {
        let values: SQLValues = [code, try now?.milliseconds ?? session.integer(PostgresReader.clock)]
        try session.run("INSERT INTO installation (id, code, created_at) VALUES (1, ?, ?)", values)
        try session.run("INSERT INTO installations (first_seq, code, since) VALUES (1, ?, ?)", values)
    }

    /// - Returns: nil if there is no schema of this program.
    private static func version(in session: Session) throws -> Int? {
        guard try session.flag("SELECT to_regclass('schema_version') IS NOT NULL") == true else { return nil }
        return try session.integer("SELECT max(version) FROM schema_version").map(Int.init)
    }

    /// Tables of another program are not mixed with ours.
    private static func checkEmpty(_ session: Session) throws {
        guard try session.flag("SELECT to_regclass('events') IS NULL AND to_regclass('installation') IS NULL") == true
        else {
            throw StoreError.login(
                place: session.place,
                detail: "the database has tables of another program; make one for polarai-daemon alone, with "
                    + "`createdb`")
        }
    }
}

extension EventStore {
    /// The version of PostgreSQL's schema that this program writes.
    package static var postgresSchema: Int { Migration.postgres.last?.version ?? 0 }
}
