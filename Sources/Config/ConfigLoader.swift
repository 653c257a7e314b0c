import Files
package import Model

/// A config that is taken.
package struct LoadedConfig: Sendable {
    package let file: String
    package let settings: Settings
    /// Warnings and notes.
    package let findings: [Finding]
}

/// The hooks of a config that is taken.
package struct LoadedHooks: Sendable {
    package let file: String
    /// By name.
    package let hooks: [HookSettings]
}

/// Reads a config file and everything it points to.
///
/// The daemon's start, its reload and `check-config` all load through here, so what one of them takes the others take.
package struct ConfigLoader: Sendable {
    /// Who loads it, which decides what must be there.
    package enum Purpose: Sendable {
        /// For a check from outside the unit: a `{"credential"}` that cannot exist there is a note.
        case inspection
        /// For the service itself: a missing `{"credential"}` is a mistake.
        case service
        /// For the status page: what stands outside `web` is checked in form only, and no secret there is read.
        case web
    }

    /// 10,000 clusters with names and labels need 2 MiB.
    package static let maximumSize = 32 << 20

    private let environment: HostEnvironment
    private let purpose: Purpose

    private let targets: TargetTable
    private let checks: ConfigChecks

    /// - Parameters:
    ///   - targets: the kinds of target that a config may name.
    ///   - checks: what other modules know of what a config points to and holds.
    package init(
        environment: HostEnvironment, purpose: Purpose = .inspection, targets: TargetTable,
        checks: ConfigChecks = ConfigChecks()
    ) {
        self.targets = targets
        self.checks = checks
        self.environment = environment
        self.purpose = purpose
    }

    /// - Throws: `ConfigError` with every mistake at once.
    package func load(_ path: String) throws(ConfigError) -> LoadedConfig {
        let file = try content(of: path)
        return try load(file.bytes, path: path, permissions: file.permissions)
    }

    /// Only `hooks`: the program that runs them needs nothing else, and may read no secret.
    ///
    /// - Throws: `ConfigError` with every mistake in `hooks`; mistakes elsewhere are not its business.
    package func loadHooks(_ path: String) throws(ConfigError) -> LoadedHooks {
        try loadHooks(try content(of: path).bytes, path: path)
    }

    /// - Parameter path: names the file in messages.
    /// - Throws: `ConfigError` with every mistake in `hooks`.
    package func loadHooks(_ bytes: [UInt8], path: String) throws(ConfigError) -> LoadedHooks {
        let (text, context) = try parse(bytes, path: path)
        for duplicate in text.duplicateKeys where duplicate.path.root == RootKey.hooks.rawValue {
            context.report(duplicate)
        }
        let root = ObjectReader<RootKey>(text.value, at: context.root, in: context, wanted: SettingsDecoder.wanted)
        let hooks = root?.read(.hooks) { HookDecoder().decode($0) } ?? []
        guard !context.hasMistakes else { throw ConfigError(file: path, findings: context.findings) }
        return LoadedHooks(file: path, hooks: hooks)
    }

    func content(of path: String) throws(ConfigError) -> FileContent {
        do {
            return try FileContent(path: path, maximumSize: Self.maximumSize, allowsPipe: true)
        } catch {
            let hint = error.isMissing ? "; create it, or name another file with --config" : ""
            throw ConfigError(file: path, findings: [Finding(.mistake, at: "", error.message + hint)])
        }
    }

    /// - Parameters:
    ///   - path: names the file in messages; relative paths in the config start at its folder.
    ///   - permissions: the file's mode bits; nil if it is not a file.
    /// - Throws: `ConfigError` with every mistake at once.
    package func load(_ bytes: [UInt8], path: String, permissions: UInt32?) throws(ConfigError) -> LoadedConfig {
        let (text, context) = try parse(bytes, path: path)
        text.duplicateKeys.forEach(context.report)
        let settings = SettingsDecoder(context: context).decode(text.value)
        context.warnAboutReadableSecrets(permissions: permissions)
        guard let settings, !context.hasMistakes else {
            throw ConfigError(file: path, findings: context.findings)
        }
        return LoadedConfig(file: path, settings: settings, findings: context.findings)
    }

    func parse(_ bytes: [UInt8], path: String) throws(ConfigError) -> (JSONText, LoadContext) {
        do {
            let context = LoadContext(
                path: path, environment: environment, purpose: purpose, targets: targets, checks: checks)
            return (try JSONText(bytes, at: context.root), context)
        } catch {
            throw ConfigError(file: path, findings: [Finding(.mistake, at: error.place, error.message)])
        }
    }
}
