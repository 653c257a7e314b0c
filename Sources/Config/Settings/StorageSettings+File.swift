extension StorageSettings {
    /// The database's file, for what can use nothing else.
    ///
    /// - Parameter config: the config's path, for the message.
    /// - Throws: `ConfigError` if the config names a PostgreSQL database.
    package func file(config: String) throws(ConfigError) -> String {
        if let path { return path }
        let finding = Finding(
            .mistake, at: "storage.url",
            "this version cannot keep its history in PostgreSQL yet; write path, the name of a file, in place of url")
        throw ConfigError(file: config, findings: [finding])
    }
}
