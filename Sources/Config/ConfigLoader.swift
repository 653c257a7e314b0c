import Files

/// A config that is taken.
package struct LoadedConfig: Sendable {
    package let file: String
    package let settings: Settings
    /// Warnings and notes.
    package let findings: [Finding]
}

/// Reads a config file and everything it points to.
///
/// The daemon's start, its reload and `check-config` all load through here, so what one of them takes the others take.
package struct ConfigLoader: Sendable {
    package enum Purpose: Sendable {
        /// For a look from outside the unit: a `{"credential"}` that cannot be there is a note.
        case inspection
        /// For the service itself: a `{"credential"}` that is not there is a mistake.
        case service
    }

    /// 10,000 clusters with names and labels need 2 MiB.
    static let maximumSize = 32 << 20

    private let environment: HostEnvironment
    private let purpose: Purpose

    package init(environment: HostEnvironment, purpose: Purpose = .inspection) {
        self.environment = environment
        self.purpose = purpose
    }

    /// - Throws: `ConfigError` with every mistake at once.
    package func load(_ path: String) throws(ConfigError) -> LoadedConfig {
        let file: FileContent
        do {
            file = try FileContent(path: path, maximumSize: Self.maximumSize, allowsPipe: true)
        } catch {
            let hint = error.isMissing ? "; write a config there, or name another one with --config" : ""
            throw ConfigError(file: path, findings: [Finding(.mistake, at: "", error.message + hint)])
        }
        return try load(file.bytes, path: path, permissions: file.permissions)
    }

    /// - Parameters:
    ///   - path: names the file in messages; relative paths in the config start at its folder.
    ///   - permissions: the file's mode bits; nil where it is no file.
    /// - Throws: `ConfigError` with every mistake at once.
    package func load(_ bytes: [UInt8], path: String, permissions: UInt32?) throws(ConfigError) -> LoadedConfig {
        let text: JSONText
        do {
            text = try JSONText(bytes)
        } catch {
            throw ConfigError(file: path, findings: [Finding(.mistake, at: error.place, error.message)])
        }
        let context = LoadContext(path: path, environment: environment, purpose: purpose)
        for duplicate in text.duplicateKeys {
            context.mistake(duplicate.path, "is written again on line \(duplicate.line); keep one of the two")
        }
        let settings = SettingsDecoder(context: context).decode(text.value)
        context.warnAboutReadableSecrets(permissions: permissions)
        guard let settings, !context.hasMistakes else {
            throw ConfigError(file: path, findings: context.findings)
        }
        return LoadedConfig(file: path, settings: settings, findings: context.findings)
    }
}
