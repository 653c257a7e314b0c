import ArgumentParser
import Config
import Daemon

/// `polarai-daemon check-config`.
struct CheckConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config", abstract: "Read the config and everything it points to, and report every mistake.",
        discussion: """
            Every mistake, warning and note is one line on standard error: FILE: clusters[2].poll: what is wrong and \
            what would be right. Exits 0 if the daemon would accept the config, 78 if not. A credential that only the \
            service can read is reported as a note, not as a mistake. No secret is ever printed.
            """)

    @OptionGroup var config: ConfigOption

    func run() throws {
        let environment = HostEnvironment.current()
        let path = config.path(in: environment)
        let loaded: LoadedConfig
        do throws(ConfigError) {
            loaded = try ConfigLoader.host(environment: environment).load(path)
        } catch {
            let lines = error.findings.map { $0.line(file: path) }
            throw CommandFailure(lines.joined(separator: "\n"), .configuration)
        }
        for finding in loaded.findings { StandardError.write(finding.line(file: path)) }
        try StandardOutput.show("\(path): ok: \(loaded.settings.summary)\n")
    }
}

extension Settings {
    /// `3 clusters, 2 targets`.
    fileprivate var summary: String {
        var parts = [Self.count(clusters.count, "cluster")]
        if !instances.isEmpty { parts.append(Self.count(instances.count, "instance")) }
        if accounts.count > 1 { parts.append(Self.count(accounts.count, "account")) }
        parts.append(Self.count(targets.count, "target"))
        return parts.joined(separator: ", ")
    }

    private static func count(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}
