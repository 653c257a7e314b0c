import Config
import Model

/// The config as it is on disk now, with what the loops work by, or why it cannot be used.
enum NewConfig: Sendable {
    case good(LoadedConfig, Plans)
    /// Every mistake, one a line.
    case refused([String])

    /// Reads the config and every file that it names.
    ///
    /// Waits for the disk: see `BlockingWork`.
    ///
    /// - Parameter database: the path of the database in use, which cannot change while the daemon runs.
    static func read(_ path: String, parts: SharedParts, database: String) -> NewConfig {
        let loaded: LoadedConfig
        do {
            loaded = try ConfigLoader(environment: parts.environment, purpose: .service).load(path)
        } catch {
            return .refused(error.mistakes.map { $0.line(file: path) })
        }
        if loaded.settings.storage.path != database {
            return .refused([
                "\(path): storage.path: the database cannot change while the daemon runs; set it back to \(database), "
                    + "or restart the daemon"
            ])
        }
        do {
            return .good(loaded, try Plans(loaded.settings, parts: parts))
        } catch {
            return .refused(["\(path): the config is valid but cannot be applied: \(error)"])
        }
    }
}
