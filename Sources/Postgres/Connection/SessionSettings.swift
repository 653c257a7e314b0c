import Model

/// What a session is set to, whatever the defaults of the role, of the database and of the server: one statement.
///
/// Not by the keyword `options`, which poolers refuse.
enum SessionSettings {
    private static let settings: [(name: String, value: @Sendable (PostgresOptions) -> String)] = [
        ("statement_timeout", { milliseconds($0.statementLimit) }),
        ("lock_timeout", { milliseconds($0.lockLimit) }),
        ("idle_in_transaction_session_timeout", { milliseconds($0.idleLimit) }),
        ("default_transaction_isolation", { _ in "read committed" }),
        ("default_transaction_read_only", { $0.access == .readOnly ? "on" : "off" }),
        ("bytea_output", { _ in "hex" }),
        ("extra_float_digits", { _ in "1" }),
        ("TimeZone", { _ in "UTC" }),
        ("DateStyle", { _ in "ISO, YMD" }),
        ("client_min_messages", { _ in "warning" }),
        // Compiling a statement takes longer than running ours.
        ("jit", { _ in "off" }),
    ]

    /// A commit that is reported is on disk. A stricter setting stays.
    private static let durability = """
        set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' \
        ELSE current_setting('synchronous_commit') END, false)
        """

    static let statement: String = {
        let calls = settings.indices.map { "set_config('\(settings[$0].name)', $\($0 + 1), false)" }
        return "SELECT " + (calls + [durability]).joined(separator: ", ")
    }()

    static func values(_ options: PostgresOptions) -> [PostgresValue] {
        settings.map { .text($0.value(options)) }
    }

    static func milliseconds(_ duration: Duration) -> String {
        "\(max(1, duration.wholeNanoseconds / 1_000_000))ms"
    }
}
