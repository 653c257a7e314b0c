import Alerts
import Config
import Model

/// Reads the config, at the start and again on SIGHUP.
struct SettingsLoader: Sendable {
    let options: WebService.Options
    let environment: HostEnvironment

    /// - Throws: `WebError.config`.
    func load() throws(WebError) -> (settings: Settings, snapshot: LiveSettings.Snapshot, warnings: [String]) {
        let loaded: LoadedConfig
        do {
            loaded = try ConfigLoader(
                environment: environment, purpose: .web, targets: TargetRegistry.builtIn.table
            ).load(options.config)
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
