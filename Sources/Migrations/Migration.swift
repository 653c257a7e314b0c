/// One step of the schema: a file of `migrations/`, named `NNNN_name.sql`.
package struct Migration: Sendable {
    /// The file's name without its ending, `0001_init` say.
    package let file: String
    /// The statements, run in one transaction.
    package let sql: String

    package init(file: String, sql: String) {
        self.file = file
        self.sql = sql
    }

    /// The number before the first underscore; it becomes `PRAGMA user_version`.
    package var version: Int {
        Int(file.prefix { $0 != "_" }) ?? 0
    }
}
