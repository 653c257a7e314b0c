import Model

/// `storage`: where the database is, and for how long history is kept.
struct StorageDecoder {
    let context: LoadContext
    /// False for a command that works on the database alone: it reads the address when it connects.
    var readsAddress = true

    func decode(_ root: ObjectReader<RootKey>) -> StorageSettings {
        var storage = StorageSettings(path: StorageSettings.path(in: context.environment))
        let reader = root.read(.storage) {
            $0.object(StorageKey.self, example: #"{"path": "/var/lib/polarai/polarai.db"}"#)
        }
        guard let reader else { return storage }
        reader.refuseUnknownKeys()
        if reader.has(.path), reader.has(.url) {
            let _: Never? = reader.read(.url) {
                $0.refuse("cannot be set together with path; remove one of the two")
            }
        } else {
            let path = reader.read(.path) { $0.filePath(elsewhere: "write the address of a database as url") }
                .map(StorageSettings.Place.file)
            let url = reader.read(.url) { $0.databaseAddress(readsAddress: readsAddress) }.map(
                StorageSettings.Place.postgres)
            storage.place = path ?? url ?? storage.place
        }
        storage.keep =
            reader.read(.keep) { value -> Duration?? in
                value.value == .string("forever") ? .some(nil) : value.retention().map { .some($0) }
            } ?? nil
        return storage
    }
}

extension ValueReader {
    /// The address of a PostgreSQL database, which is a secret as a whole.
    fileprivate func databaseAddress(readsAddress: Bool) -> Secret? {
        guard readsAddress else { return uncheckedSecret() }
        guard let checked = checkedSecret() else { return nil }
        guard let text = checked.value else { return checked.secret }
        let verdict = context.checks.databaseAddress(text)
        for warning in verdict.warnings { context.warning(path, warning) }
        return verdict.mistake.map { refuse($0) } ?? checked.secret
    }
}
