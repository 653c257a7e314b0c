/// Whether a role may write what a daemon writes.
package enum WriteRights {
    /// One row with the name of a table in which the role may not write; none if it may, or if the tables are
    /// not there yet.
    package static let missing = """
        SELECT name FROM (VALUES ('acks'), ('answers'), ('attempts'), ('clock_steps'), ('clusters'), ('curve'), ('daemon'), ('escalations'), \
        ('events'), ('hosts'), ('installation'), ('installations'), ('instances'), ('leases'), ('mails'), ('names'), \
        ('outbox'), ('progress'), ('retention'), ('rules'), ('runs'), ('scopes'), ('silences'), ('targets')) AS tables (name) \
        WHERE NOT coalesce(has_table_privilege(to_regclass(name), 'SELECT') \
        AND has_table_privilege(to_regclass(name), 'INSERT') AND has_table_privilege(to_regclass(name), 'UPDATE') \
        AND has_table_privilege(to_regclass(name), 'DELETE'), true) ORDER BY name LIMIT 1
        """
}
