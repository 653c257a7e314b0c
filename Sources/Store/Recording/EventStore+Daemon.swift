package import Model

extension EventStore {
    /// Notes that this process now works on the database; a note without an end is how a crash is recognized later.
    package func noteStart(pid: Int32, startedAt: Timestamp, configLoadedAt: Timestamp) throws {
        try write { session in
            try session.run(
                """
                INSERT INTO daemon (id, pid, started_at, config_loaded_at, stopped_at) VALUES (1, ?, ?, ?, NULL)
                ON CONFLICT (id) DO UPDATE SET pid = excluded.pid, started_at = excluded.started_at,
                    config_loaded_at = excluded.config_loaded_at, stopped_at = NULL
                """, [pid, startedAt.milliseconds, configLoadedAt.milliseconds])
        }
    }

    /// Notes that another config is in force.
    package func noteReload(configLoadedAt: Timestamp) throws {
        try write { session in
            try session.run(
                "UPDATE daemon SET config_loaded_at = ?", [configLoadedAt.milliseconds])
        }
    }

    /// The last change of a task's status; nil if there is none among the newest events.
    package func lastChange() throws -> StoredEvent? {
        try read { session in
            try session.rows(
                "SELECT seq, \(EventRow.columns) FROM events ORDER BY seq DESC LIMIT 100", .none
            ) { row in
                EventRow.event(from: row, startingAt: 1).map { StoredEvent(numbering.id(row[0]), event: $0) }
            }.first { $0.event.kind.isStatusChange }
        }
    }

    /// Notes an orderly end.
    package func noteStop(at now: Timestamp) throws {
        try write { session in
            try session.run("UPDATE daemon SET stopped_at = ?", [now.milliseconds])
        }
    }
}

extension EventStore {
    /// On a database that several hosts share, the latest time that is known of anybody's work; nil if there is none.
    package func lastSeenOnAnyHost() throws -> Timestamp? {
        try read { session in
            try session.integer(
                """
                SELECT max(at) FROM (SELECT max(last_poll_at) AS at FROM clusters UNION ALL SELECT max(seen_at) FROM hosts) \
                AS seen
                """
            ).map(Timestamp.init(milliseconds:))
        }
    }
}
