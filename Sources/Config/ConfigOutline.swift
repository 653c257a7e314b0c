package import Model

/// The parts of a config that a command needs which works on the database alone.
///
/// Such a command runs as another user than the daemon: it may not be able to read a single secret, and it must work all
/// the same. It must also work while the rest of the config has a mistake, because that is when it is needed.
package struct ConfigOutline: Sendable {
    package let storage: StorageSettings
    /// The names of the targets, the built-in one included if the config has none. They are shown to people and in
    /// metrics, so names that are not valid, and may be secrets, are left out.
    package let targetNames: Set<String>
    /// The names that are not valid. They are never shown.
    private let unshownNames: Set<String>
    /// `web.task_metrics`.
    package let taskMetrics: TaskMetrics

    /// Whether the config has a target of this name, valid or not.
    package func hasTarget(_ name: String) -> Bool { targetNames.contains(name) || unshownNames.contains(name) }

    fileprivate init(
        storage: StorageSettings, targetNames: Set<String>, unshownNames: Set<String>, taskMetrics: TaskMetrics
    ) {
        self.storage = storage
        self.targetNames = targetNames
        self.unshownNames = unshownNames
        self.taskMetrics = taskMetrics
    }
}

extension ConfigLoader {
    /// Reads only where the database is and what the targets are called. Opens no other file than the config.
    ///
    /// - Throws: `ConfigError` if the file cannot be read, is not JSON, or has a mistake in `storage`.
    package func outline(_ path: String) throws(ConfigError) -> ConfigOutline {
        let (text, context) = try parse(content(of: path).bytes, path: path)
        for duplicate in text.duplicateKeys where duplicate.path.root == RootKey.storage.rawValue {
            context.report(duplicate)
        }
        let root = ObjectReader<RootKey>(text.value, at: context.root, in: context, wanted: SettingsDecoder.wanted)
        let storage = root.map { StorageDecoder(context: context, readsAddress: false).decode($0) }
        guard let storage, !context.hasMistakes else {
            throw ConfigError(file: path, findings: context.findings)
        }
        let names = root?.value(.targets)?.objectValue?.keys.map { $0 } ?? []
        let tasks = root?.value(.web)?["task_metrics"]?.stringValue.flatMap(TaskMetrics.init)
        return ConfigOutline(
            storage: storage,
            targetNames: names.isEmpty ? [TargetSettings.systemd.name] : Set(EntryNames.shown(names)),
            unshownNames: Set(names).subtracting(EntryNames.shown(names)),
            taskMetrics: tasks ?? WebSettings().taskMetrics)
    }
}
