import Alerts
import Config
import Glibc
import Model

/// Reads the config, at the start and again on SIGHUP.
struct SettingsLoader: Sendable {
    let options: WebService.Options
    let environment: HostEnvironment

    /// - Throws: `WebError.config`.
    func load() throws(WebError) -> (settings: Settings, snapshot: LiveSettings.Snapshot, warnings: [String]) {
        let loaded: LoadedConfig
        do {
            let loader = ConfigLoader(environment: environment, purpose: .web, targets: TargetRegistry.builtIn.table)
            let isMissing = options.mayLackConfig && access(options.config, F_OK) != 0 && errno == ENOENT
            loaded =
                if isMissing { try loader.load(Array("{}".utf8), path: options.config, permissions: nil) } else {
                    try loader.load(options.config)
                }
        } catch {
            throw .config(error.description)
        }
        do {
            let snapshot = try LiveSettings.Snapshot(
                loaded.settings, secrets: SecretReading(environment: environment))
            return (loaded.settings, snapshot, loaded.findings.map { $0.line(file: loaded.file) })
        } catch {
            throw .config("\(options.config): \(error.description)")
        }
    }
}
