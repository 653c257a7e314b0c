import Foundation

/// Debian's own Prometheus and promtool (scripts/fetch-prometheus.sh).
package enum Prometheus {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Runs promtool to its end.
    package static func tool(_ arguments: [String], standardInput: String = "") async throws -> FinishedProgram {
        try await run(try await folder() + "/promtool", arguments, standardInput: standardInput)
    }

    /// Where the two programs are; fetched at the first call, which needs Debian's mirror.
    package static func folder() async throws -> String {
        let folder = ProgramPath.package + "/.build/independent-prometheus"
        let variables = ProcessInfo.processInfo.environment.filter { $0.key.lowercased().hasSuffix("_proxy") }
        // Whoever comes first fetches it, others wait.
        let result = try await run(
            ProgramPath.system("flock"),
            [folder + ".lock", ProgramPath.package + "/scripts/fetch-prometheus.sh", folder], environment: variables,
            within: .seconds(180))
        guard result.exitCode == 0, let path = result.output.split(separator: "\n").last.map(String.init) else {
            throw Failure(description: "Debian's package prometheus cannot be had: \(result.errors)")
        }
        return path
    }

    /// What both checkers let pass: a series that comes twice.
    package static func repeatedSeries(in text: String) -> [String] {
        var seen: Set<String> = []
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }
            .compactMap { line in line.lastIndex(of: " ").map { String(line[..<$0]) } }
            .filter { !seen.insert($0).inserted }
    }
}
