import Store

extension OpeningStep {
    /// What the log says when an upgrade begins; nil for every other step.
    ///
    /// - Parameter path: the database file; nil for PostgreSQL, which is upgraded in one transaction, without a copy.
    func notice(of path: String?) -> String? {
        guard case .migrating(let old, let new) = self else { return nil }
        guard let path else { return "Upgrading the database from schema \(old) to \(new)." }
        return "Upgrading the database \(path) from schema \(old) to \(new). A copy as it was is kept in "
            + "\(MigrationCopy.path(of: path, version: old)). Remove the copy once you no longer want to go back to the older "
            + "version of polarai-daemon."
    }
}
