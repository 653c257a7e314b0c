package import Model

/// Looks at a database as `doctor` does: whether it can be reached, whether it keeps what it is given, and whether several
/// hosts can share it.
package enum DatabaseCheckup {
    /// Connects, and asks. Changes nothing.
    package static func findings(_ address: PostgresAddress, _ options: PostgresOptions) -> [DoctorFinding] {
        do {
            let connection = try PostgresConnection(address, options)
            defer { connection.close() }
            let facts = try DatabaseFacts(of: connection)
            return findings(facts, place: address.place)
                + [pooling(try PoolingProbe.isShared(connection, address, options))]
        } catch {
            return [finding(error, place: address.place)]
        }
    }

    // MARK: - What it means

    /// What an error at connecting means.
    package static func finding(_ error: PostgresError, place: String) -> DoctorFinding {
        let grade: DoctorFinding.Grade = error.isOutage ? .unreachable : .fault
        return DoctorFinding(grade, "database", "\(error.message)\(advice(error).map { "; \($0)" } ?? "")")
    }

    /// What somebody has to do about an error, if nothing but waiting helps there is nothing.
    package static func advice(_ error: PostgresError) -> String? {
        switch error.kind {
        case .authentication:
            "check the user's name and password in storage.url or in the password file, and pg_hba.conf"
        case .noSuchDatabase: "create it, or correct the name in storage.url"
        case .certificate: "set sslrootcert in storage.url to the file of the authority that signed it"
        case .permission:
            "make the role the owner of the database (ALTER DATABASE … OWNER TO …); see polarai-daemon(8), \"Several hosts\""
        case .unsupported: "upgrade the server"
        case .standby: "use the address of the primary"
        case .readOnly:
            "find out why default_transaction_read_only is on, for example because the disk was full, and turn it off"
        case .tooManyConnections: "raise max_connections, or end other sessions"
        case .pooling: "use session pooling, or connect without the pooler"
        case .unreachable: "check that the server runs and that a firewall lets this host through"
        default: nil
        }
    }

    /// What the settings mean.
    package static func findings(_ facts: DatabaseFacts, place: String) -> [DoctorFinding] {
        let tls = facts.tls.map { "with \($0)" } ?? "without TLS"
        return [
            DoctorFinding(
                .good, "database", "\(place) answers as \(facts.role), PostgreSQL \(facts.version), \(tls)"),
            role(facts), encoding(facts), durability(facts), copies(facts), schema(facts), sessions(facts),
        ].compactMap { $0 }
    }

    private static func role(_ facts: DatabaseFacts) -> DoctorFinding? {
        guard facts.isStandby else { return nil }
        return DoctorFinding(
            .fault, "database server", "it is a standby, which takes no writes; use the address of the primary")
    }

    private static func encoding(_ facts: DatabaseFacts) -> DoctorFinding? {
        guard facts.encoding != "UTF8" else { return nil }
        return DoctorFinding(
            .fault, "database encoding",
            "it is \(facts.encoding), which cannot hold every text; create the database with ENCODING 'UTF8'")
    }

    private static func durability(_ facts: DatabaseFacts) -> DoctorFinding {
        let subject = "database durability"
        guard facts.fsync else {
            return DoctorFinding(
                .fault, subject, "fsync is off: a power cut can corrupt the database; turn it on in postgresql.conf")
        }
        guard facts.fullPageWrites else {
            return DoctorFinding(
                .worthALook, subject,
                "full_page_writes is off: a power cut can leave half-written pages; turn it on in postgresql.conf, unless the "
                    + "file system writes pages atomically (ZFS, for example)")
        }
        return DoctorFinding(.good, subject, "what is committed is on the primary's disk")
    }

    private static func copies(_ facts: DatabaseFacts) -> DoctorFinding {
        let subject = "database failover"
        let waits = !facts.synchronousStandbys.isEmpty && !["local", "off"].contains(facts.synchronousCommit)
        if waits {
            return DoctorFinding(
                .good, subject,
                "a commit waits for standbys (synchronous_standby_names), so that a failover to one of them loses nothing"
            )
        }
        guard facts.standbys > 0 || facts.waitedFor > 0 else {
            return DoctorFinding(
                .worthALook, subject,
                "no standby is connected: if this server is lost, everything since the last backup is lost")
        }
        return DoctorFinding(
            .worthALook, subject,
            "replication is asynchronous: a failover may lose the last commits, and alerts may be sent twice; to avoid that, "
                + "set synchronous_standby_names")
    }

    private static func schema(_ facts: DatabaseFacts) -> DoctorFinding {
        guard let schema = facts.schema else {
            return DoctorFinding(
                .fault, "database schema",
                "there is none for \(facts.role): run GRANT USAGE, CREATE ON SCHEMA public TO \(facts.role), or create a schema and "
                    + "run ALTER ROLE \(facts.role) SET search_path = SCHEMA")
        }
        guard facts.mayCreate else {
            return DoctorFinding(
                .fault, "database schema",
                "\(facts.role) may not create tables in schema \(schema); run GRANT CREATE, USAGE ON SCHEMA \(schema) TO "
                    + facts.role)
        }
        guard facts.unwritable == nil else {
            return DoctorFinding(
                .fault, "database schema",
                "\(facts.role) may not write to the table \(facts.unwritable ?? ""); make it the owner, or GRANT SELECT, INSERT, "
                    + "UPDATE, DELETE ON ALL TABLES IN SCHEMA \(schema) TO \(facts.role)")
        }
        return DoctorFinding(.good, "database schema", "\(facts.role) may create tables in schema \(schema)")
    }

    private static func sessions(_ facts: DatabaseFacts) -> DoctorFinding? {
        let free = facts.mostSessions - facts.sessions
        guard free < 5 else { return nil }
        return DoctorFinding(
            .worthALook, "database sessions",
            "\(facts.sessions) of \(facts.mostSessions) are in use; raise max_connections: each host needs five")
    }

    private static func pooling(_ isShared: Bool) -> DoctorFinding {
        isShared
            ? DoctorFinding(
                .fault, "database pooling",
                "a pooler shares sessions between connections (transaction pooling), so that prepared statements and "
                    + "session settings such as statement_timeout do not work; set the pooler to session pooling, or "
                    + "connect to the server directly")
            : DoctorFinding(.good, "database pooling", "each connection has a session of its own")
    }
}
