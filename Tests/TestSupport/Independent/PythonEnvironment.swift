import Foundation

/// A Python with the vendors' own libraries (Tests/Independent/requirements.txt), made once under `.build`.
package enum PythonEnvironment {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Where the programs are.
    package static var scripts: String { ProgramPath.package + "/Tests/Independent" }

    /// The interpreter; made at the first call, which takes a minute and needs PyPI.
    ///
    /// - Throws: `Failure` with pip's words; Debian has it in the packages python3-venv and python3-pip.
    package static func interpreter() async throws -> String {
        let folder = ProgramPath.package + "/.build/independent"
        // Whoever comes first makes it, other processes and tests wait; remade when the requirements change.
        let result = try await run(
            ProgramPath.system("flock"),
            [
                folder + ".lock", "sh", "-ceu",
                """
                cmp -s "$2" "$1/made" && exit 0
                rm -rf "$1"
                python3 -m venv "$1"
                "$1/bin/pip" install --quiet --disable-pip-version-check -r "$2"
                cp "$2" "$1/made"
                """,
                "sh", folder, scripts + "/requirements.txt",
            ],
            environment: networkVariables, within: .seconds(300))
        guard result.exitCode == 0 else { throw Failure(description: "\(folder): \(result.errors)") }
        return folder + "/bin/python"
    }

    /// Starts one of the programs and reads the JSON line by which it says where it listens.
    static func start(_ script: String, _ arguments: [String]) async throws -> (RunningProgram, [String: Int]) {
        let program = try RunningProgram(
            try await interpreter(), [scripts + "/" + script] + arguments,
            environment: ["PYTHONDONTWRITEBYTECODE": "1"])
        let line = try await program.awaitLine(within: .seconds(30)) { $0.hasPrefix("{") }
        let ports = try JSONDecoder().decode([String: Int].self, from: Data(line.utf8))
        return (program, ports)
    }

    /// What pip needs to reach PyPI from behind a proxy or a mirror.
    private static var networkVariables: [String: String] {
        ProcessInfo.processInfo.environment.filter { name, _ in
            let name = name.lowercased()
            return name.hasSuffix("_proxy") || name.hasPrefix("pip_") || name.hasPrefix("ssl_cert")
                || name == "requests_ca_bundle"
        }
    }
}
