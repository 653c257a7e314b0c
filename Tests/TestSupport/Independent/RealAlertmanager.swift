import Foundation
package import Model

/// Debian's own Alertmanager, running on 127.0.0.1 (scripts/fetch-alertmanager.sh).
package final class RealAlertmanager: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package let client: LoopbackClient
    package var url: String { client.base }
    private let program: RunningProgram
    private let folder: TemporaryFolder

    /// - Parameters:
    ///   - receiver: the address to which it sends its notifications.
    ///   - timing: of its one route: `group_wait`, `group_interval`, `repeat_interval`.
    package init(receiver: String, timing: String = "group_wait: 1s, group_interval: 5s, repeat_interval: 4h")
        async throws
    {
        let command = try await Self.command()
        let folder = try TemporaryFolder()
        self.folder = folder
        let config = try folder.write(
            "alertmanager.yml",
            """
            route: {receiver: hook, group_by: [alertname, cluster], \(timing)}
            receivers: [{name: hook, webhook_configs: [{url: "\(receiver)", send_resolved: true}]}]
            """)
        program = try RunningProgram(
            command[0],
            command.dropFirst() + [
                "--config.file=\(config)", "--storage.path=\(folder.file("data"))", "--web.listen-address=127.0.0.1:0",
                "--cluster.listen-address=",
            ])
        let line = try await program.awaitLine(onErrors: true, within: .seconds(20)) { $0.contains("127.0.0.1:") }
        guard let port = line.components(separatedBy: "127.0.0.1:").last.flatMap({ Int($0.prefix { $0.isNumber }) }),
            port > 0
        else { throw Failure(description: "Alertmanager did not say where it listens: \(line)") }
        client = LoopbackClient(port: port)
        try await eventually("Alertmanager to be ready") {
            (try? await self.client.send("GET", "/-/ready").status) == 200
        }
    }

    /// Those that fire.
    package func alerts() async throws -> [JSONValue] {
        try await client.json("GET", "/api/v2/alerts").arrayValue ?? []
    }

    /// The sum of a metric over the labels that contain `label`.
    package func metric(_ name: String, label: String = "") async throws -> Double {
        try await client.send("GET", "/metrics").text.split(separator: "\n")
            .filter { ($0.hasPrefix(name + "{") || $0.hasPrefix(name + " ")) && $0.contains(label) }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
    }

    /// The program and how to start it; fetched at the first call, which needs Debian's mirror.
    private static func command() async throws -> [String] {
        let folder = ProgramPath.package + "/.build/independent-alertmanager"
        let variables = ProcessInfo.processInfo.environment.filter { $0.key.lowercased().hasSuffix("_proxy") }
        // Whoever comes first fetches it, others wait.
        let result = try await run(
            ProgramPath.system("flock"),
            [folder + ".lock", ProgramPath.package + "/scripts/fetch-alertmanager.sh", folder], environment: variables,
            within: .seconds(180))
        guard result.exitCode == 0, let path = result.output.split(separator: "\n").last.map(String.init) else {
            throw Failure(description: "Debian's package prometheus-alertmanager cannot be had: \(result.errors)")
        }
        guard path.hasPrefix(folder) else { return [path] }
        // Its templates have a fixed place: a mount that only this process sees puts them there.
        return [
            try ProgramPath.system("unshare"), "--map-root-user", "--mount", "sh", "-ceu",
            #"mount --bind "$1/usr/share" /usr/share; shift; exec "$@""#, "sh", folder, path,
        ]
    }
}
