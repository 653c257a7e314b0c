/// The tables of leases and hosts. Their times are the only ones that are stored as PostgreSQL's own: nothing but the
/// database compares them.
package enum SharingSchema {
    /// `fillfactor`: rows that change every few seconds find room on their own page.
    package static let statements = """
        CREATE TABLE leases (
          what text COLLATE "C" PRIMARY KEY,
          owner text COLLATE "C",
          epoch bigint NOT NULL DEFAULT 0,
          commits bigint NOT NULL DEFAULT 0,
          last_event bigint,
          tokens double precision,
          expires timestamptz NOT NULL DEFAULT '-infinity'
        ) WITH (fillfactor = 50);
        CREATE TABLE hosts (
          owner text COLLATE "C" PRIMARY KEY,
          host text NOT NULL,
          pid bigint NOT NULL,
          version text NOT NULL,
          started_at bigint NOT NULL,
          seen_at bigint NOT NULL,
          expires timestamptz NOT NULL,
          shares text[] NOT NULL,
          targets text[] NOT NULL,
          config text NOT NULL
        ) WITH (fillfactor = 50);
        """
}
