/// What a database and its server are set to, as far as it matters for what is kept in it.
package struct DatabaseFacts: Hashable, Sendable {
    /// `15.20 (Debian …)`, the server's own words.
    package var version = ""
    package var role = ""
    package var database = ""
    package var encoding = "UTF8"
    package var isStandby = false
    /// `TLSv1.3`; nil without TLS.
    package var tls: String?
    package var synchronousCommit = "on"
    package var synchronousStandbys = ""
    /// Standbys that receive what is written, and how many of them a commit waits for.
    package var standbys = 0
    package var waitedFor = 0
    package var fsync = true
    package var fullPageWrites = true
    /// The schema in which tables are made; nil if there is none for the role.
    package var schema: String?
    package var mayCreate = true
    /// A table of the history in which the role may not write; nil if it may, or if there are none yet.
    package var unwritable: String?
    /// Sessions of all roles, and how many there may be.
    package var sessions = 0
    package var mostSessions = 100

    package init() {}

    /// - Throws: `PostgresError`.
    package init(of connection: PostgresConnection) throws(PostgresError) {
        self.init()
        guard let row = try connection.query(Self.statement).first else {
            throw PostgresError(.other, "the server does not report its settings")
        }
        version = row.text(0) ?? ""
        role = row.text(1) ?? ""
        database = row.text(2) ?? ""
        encoding = row.text(3) ?? ""
        isStandby = row.flag(4) ?? false
        synchronousCommit = row.text(5) ?? ""
        synchronousStandbys = row.text(6) ?? ""
        fsync = row.text(7) != "off"
        fullPageWrites = row.text(8) != "off"
        schema = row.text(9)
        mayCreate = row.flag(10) ?? false
        mostSessions = Int(clamping: row.int(11) ?? 0)
        sessions = Int(clamping: row.int(12) ?? 0)
        standbys = Int(clamping: row.int(13) ?? 0)
        waitedFor = Int(clamping: row.int(14) ?? 0)
        unwritable = try connection.query(WriteRights.missing).first?.text(0)
        tls = connection.tlsVersion
    }

    private static let statement = """
        SELECT current_setting('server_version'), current_user, current_database(), current_setting('server_encoding'), \
        pg_is_in_recovery(), current_setting('synchronous_commit'), current_setting('synchronous_standby_names'), \
        current_setting('fsync'), current_setting('full_page_writes'), current_schema(), \
        coalesce(has_schema_privilege(current_schema(), 'CREATE'), false), \
        current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint, \
        (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), \
        (SELECT count(*) FROM pg_stat_replication), \
        (SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum'))
        """
}
