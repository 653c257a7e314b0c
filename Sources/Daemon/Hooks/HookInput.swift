import Model

/// What a hook gets: the message on its standard input, and what it says in the environment.
struct HookInput: Sendable {
    let body: [UInt8]
    /// Hooks of the same task run one after the other; what belongs to no task is a line of its own.
    let task: String
    let id: String
    private let values: [String: String]

    /// - Returns: nil if the body is not a message of the daemon.
    init?(_ body: [UInt8]) {
        guard let message = try? JSONValue(parsing: body, limits: .foreign), let data = message["data"],
            data.objectValue != nil
        else { return nil }
        self.body = body
        func text(_ key: String) -> String {
            // A variable ends at the first NUL.
            String(String.UnicodeScalarView((data[key]?.stringValue ?? "").unicodeScalars.filter { $0.value != 0 }))
        }
        id = text("id")
        task = data["cluster"]?.stringValue ?? "@\(text("account"))"
        values = [
            "POLARAI_EVENT": text("event"), "POLARAI_CLUSTER": text("cluster"), "POLARAI_NAME": text("name"),
            "POLARAI_FROM": text("from"), "POLARAI_TO": text("to"), "POLARAI_ALERT_ID": id,
        ]
    }

    /// The variables of the program, and no others: `PATH`, `LANG`, `TZ`, the hook's own, and what the message says.
    ///
    /// - Parameter own: this process's variables.
    func environment(_ hook: HookSettings, own: [String: String]) -> [String] {
        var variables = ["PATH": own["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"]
        for name in ["LANG", "TZ"] { variables[name] = own[name] }
        variables.merge(hook.environment) { $1 }
        variables.merge(values) { $1 }
        return variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }
}
