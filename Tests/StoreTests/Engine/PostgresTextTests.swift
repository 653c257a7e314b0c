import Testing

@testable import Store

/// What PostgreSQL is given for a statement in SQLite's words.
struct PostgresTextTests {
    @Test(arguments: [
        ("SELECT a FROM t WHERE b = ? AND c = ?", "SELECT a FROM t WHERE b = $1 AND c = $2"),
        ("UPDATE t SET a = ?2 WHERE b = ?1 AND c = ?", "UPDATE t SET a = $2 WHERE b = $1 AND c = $3"),
        ("SELECT '?' || ? FROM t", "SELECT '?' || $1 FROM t"),
        ("SELECT 'it''s ?', \"a?\" FROM t", "SELECT 'it''s ?', \"a?\" FROM t"),
    ])
    func `places are numbered, and signs in texts are not places`(sql: String, expected: String) {
        #expect(PostgresText.translated(sql) == expected)
    }

    @Test(arguments: [
        ("FROM outbox AS o INDEXED BY outbox_due JOIN e", "FROM outbox AS o JOIN e"),
        ("FROM events NOT INDEXED WHERE NOT x", "FROM events WHERE NOT x"),
    ])
    func `hints are left out`(sql: String, expected: String) {
        #expect(PostgresText.translated(sql).replacing("  ", with: " ") == expected)
    }

    @Test(arguments: [
        ("a IS ?", "a IS NOT DISTINCT FROM $1"), ("a IS c.b", "a IS NOT DISTINCT FROM c.b"),
        ("a IS NOT 'x'", "a IS DISTINCT FROM 'x'"), ("a IS NOT NULL", "a IS NOT NULL"), ("a IS NULL", "a IS NULL"),
        ("a IS NOT DISTINCT FROM b", "a IS NOT DISTINCT FROM b"),
    ])
    func `values that may be NULL are compared`(sql: String, expected: String) {
        #expect(PostgresText.translated(sql) == expected)
    }

    @Test(arguments: [
        ("max(a, coalesce(b, 0))", "GREATEST(a, coalesce(b, 0))"),
        ("min(?1, max(a, ?2))", "LEAST($1, GREATEST(a, $2))"),
        ("max(a)", "max(a)"), ("min(coalesce(a, b))", "min(coalesce(a, b))"),
        ("x COLLATE NOCASE = ?", "lower(x) = $1"), ("e.x COLLATE NOCASE IN (?)", "lower(e.x) IN ($1)"),
    ])
    func `functions of several values have other names`(sql: String, expected: String) {
        #expect(PostgresText.translated(sql) == expected)
    }

    @Test(arguments: [
        (
            "a IN (SELECT value FROM json_each(?)) AND b IN ('x', ?)",
            "a = ANY (ARRAY(SELECT value FROM json_array_elements_text(CAST($1 AS json)) AS json_each (value))) "
                + "AND b IN ('x', $2)"
        ),
        (
            "FROM json_each(?2) AS l WHERE l.value = ?1",
            "FROM json_array_elements_text(CAST($2 AS json)) AS l (value) WHERE l.value = $1"
        ),
        ("json_extract(e.d, '$.a.b')", "(CAST(e.d AS json) #>> '{a,b}')"),
        ("json_type(d, '$.loss') IN ('x')", "json_typeof(CAST(d AS json) #> '{loss}') IN ('x')"),
        ("json_object('at', at)", "json_build_object('at', at)"),
    ])
    func `JSON is read by other functions`(sql: String, expected: String) {
        #expect(PostgresText.translated(sql) == expected)
    }
}
