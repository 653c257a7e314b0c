package import Model

/// The time by which history is pruned. Deleting cannot be undone, and this host's clock may be wrong: after it jumped,
/// nothing is deleted for a day, so that somebody can set it right; and the time never moves on by more than a day, or
/// a 24th of what is missing, at once.
///
/// A value: the times are handed in.
package struct RetentionClock: Sendable {
    /// What is kept of it in the database.
    package struct Record: Hashable, Sendable {
        /// When the clock was last looked at.
        package var seenAt: Timestamp
        /// Nothing is deleted before this, because the clock jumped.
        package var doubtedUntil: Timestamp?
        /// The time up to which history was pruned.
        package var reachedAt: Timestamp?
    }

    package private(set) var record: Record?
    private var lastLook: (wall: Timestamp, monotonic: MonotonicInstant)?
    /// Nothing is deleted before this.
    private var restUntil: MonotonicInstant?

    /// How far the clock may be off what has passed: corrections of a few minutes do no harm.
    private static let tolerance = Duration.seconds(120)
    private static let day = Duration.seconds(86_400)

    package init(_ record: Record?) {
        self.record = record
    }

    /// Looks at the clock; to be called every minute or so.
    ///
    /// - Returns: how far it jumped, if it did; positive is forward. A jump across a stop of more than a day counts: how
    ///   long the daemon did not run is not known.
    package mutating func look(at now: Timestamp, _ monotonic: MonotonicInstant) -> Duration? {
        defer {
            lastLook = (now, monotonic)
            record?.seenAt = now
        }
        guard let record else {
            self.record = Record(seenAt: now, doubtedUntil: nil, reachedAt: nil)
            return nil
        }
        let jump: Duration
        if let lastLook {
            jump = now.since(lastLook.wall) - monotonic.since(lastLook.monotonic)
            guard Self.magnitude(jump) > Self.tolerance else { return nil }
        } else {
            jump = now.since(record.seenAt)
            // Also a doubt that lies further ahead than a day was noted by a clock that was wrong.
            let doubt = record.doubtedUntil.map { $0.since(now) } ?? .zero
            guard Self.magnitude(jump) > Self.day || doubt > Self.day else {
                if doubt > .zero { restUntil = monotonic.advanced(by: doubt) }
                return nil
            }
        }
        self.record?.doubtedUntil = now.advanced(by: Self.day)
        restUntil = monotonic.advanced(by: Self.day)
        return jump
    }

    /// The time to prune by; nil while the clock is in doubt. After `look`.
    package mutating func time() -> Timestamp? {
        guard let lastLook, let record else { return nil }
        if let restUntil, lastLook.monotonic < restUntil { return nil }
        restUntil = nil
        self.record?.doubtedUntil = nil
        let now = lastLook.wall
        guard let reached = record.reachedAt, reached < now else {
            self.record?.reachedAt = now
            return now
        }
        let missing = now.since(reached)
        let time = min(now, reached.advanced(by: max(Self.day, missing / 24)))
        self.record?.reachedAt = time
        return time
    }

    private static func magnitude(_ duration: Duration) -> Duration {
        duration < .zero ? .zero - duration : duration
    }
}

extension EventStore {
    /// What is kept of the clock of retention. A database of before it was kept says when its daemon last wrote.
    package func loadRetention() throws -> RetentionClock.Record? {
        try read { session in
            let record = try session.first("SELECT seen_at, doubted_until, reached_at FROM retention") { row in
                RetentionClock.Record(
                    seenAt: Timestamp(milliseconds: row[0]), doubtedUntil: row.time(1), reachedAt: row.time(2))
            }
            if let record { return record }
            let seen = try session.integer(
                """
                SELECT max(t.at) FROM (
                    SELECT max(last_poll_at) AS at FROM clusters
                    UNION ALL SELECT stopped_at FROM daemon
                    UNION ALL SELECT observed_at FROM events WHERE seq = (SELECT max(seq) FROM events)) AS t
                """)
            return seen.map {
                RetentionClock.Record(seenAt: Timestamp(milliseconds: $0), doubtedUntil: nil, reachedAt: nil)
            }
        }
    }

    /// Keeps what `loadRetention` reads.
    package func save(_ record: RetentionClock.Record) throws {
        try write { session in
            try session.run(
                """
                INSERT INTO retention (id, seen_at, doubted_until, reached_at) VALUES (1, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, doubted_until = excluded.doubted_until,
                    reached_at = excluded.reached_at
                """,
                [
                    record.seenAt.milliseconds, record.doubtedUntil?.milliseconds, record.reachedAt?.milliseconds,
                ])
        }
    }
}
