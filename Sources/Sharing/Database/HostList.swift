import Model
package import Postgres

/// The hosts of an installation, for `status`.
package enum HostList {
    /// How long a host that died is listed.
    private static let memory = Duration.seconds(24 * 3600)

    /// Everyone that lives, and who died lately.
    ///
    /// - Throws: `PostgresError`.
    package static func read(_ connection: PostgresConnection) throws(PostgresError) -> [ListedHost] {
        try connection.queue(hosts, [.integer(memory.wholeMilliseconds)])
        try connection.queue("SELECT owner, what FROM leases WHERE owner IS NOT NULL AND expires >= clock_timestamp()")
        let results = try connection.flush()
        guard results.count == 2 else { return [] }
        var holds: [String: Set<Share>] = [:]
        for row in results[1] {
            guard let owner = row.text(0), let share = row.text(1).flatMap(Share.init(name:)) else { continue }
            holds[owner, default: []].insert(share)
        }
        return results[0].compactMap { row in
            guard let owner = row.text(0) else { return nil }
            let words = names(row.text(7))
            var entry = HostEntry(
                owner: owner, host: row.text(1) ?? "", pid: row.int(2) ?? 0, version: row.text(3) ?? "",
                shares: Set(words.compactMap(Share.init(name:))), targets: names(row.text(8)),
                groups: HostEntry.groups(in: words), config: ConfigDigests.read(row.text(9) ?? ""))
            entry.instances = Set(words.compactMap(NamedInstance.init(word:)))
            entry.leftOut = words.compactMap(LeftOutTask.init(word:))
            return ListedHost(
                entry: entry, startedAt: Timestamp(milliseconds: row.int(4) ?? 0),
                lastSeenAt: Timestamp(milliseconds: row.int(5) ?? 0), isAlive: row.flag(6) ?? false,
                holds: holds[owner] ?? [])
        }
    }

    /// Deletes those that died long ago. For whoever holds the upkeep.
    ///
    /// - Throws: `PostgresError`.
    package static func forget(_ connection: PostgresConnection) throws(PostgresError) {
        try connection.execute(
            "DELETE FROM hosts WHERE expires < clock_timestamp() - $1::bigint * interval '1 ms'",
            [.integer(memory.wholeMilliseconds)])
    }

    private static func names(_ json: String?) -> [String] {
        guard let json, let list = (try? JSONDocument(Array(json.utf8)))?.value.arrayValue else { return [] }
        return list.compactMap(\.stringValue)
    }

    private static let hosts = """
        SELECT owner, host, pid, version, started_at, seen_at, expires >= clock_timestamp(), \
        array_to_json(shares)::text, array_to_json(targets)::text, config FROM hosts \
        WHERE expires >= clock_timestamp() - $1::bigint * interval '1 ms' ORDER BY host, started_at, owner
        """
}
