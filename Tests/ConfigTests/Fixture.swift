import Alerts
import Foundation
import Model

@testable import Config

/// Files beside these tests and in the repository's `config` folder.
enum Fixture {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    static let examples = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "config")

    /// The names of the JSON files in one folder of fixtures, without their ending.
    static func names(in kind: String) -> [String] {
        let files = try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: kind).path)
        return (files ?? []).filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }

    static func bytes(_ url: URL) throws -> [UInt8] {
        Array(try Data(contentsOf: url))
    }

    static func example(_ name: String) throws -> [UInt8] {
        try bytes(examples.appending(path: name))
    }
}

/// What the fixtures refer to.
let fixtureEnvironment = HostEnvironment(variables: ["EMPTY": "", "FTP_URL": "ftp://ci.example.com/hook", "TOKEN": "t"])

/// The whole of a config, as paths begin.
var root: ConfigPath { .start(KeyPlaces(targets: TargetRegistry.builtIn.table)) }

func jsonText(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONText { try JSONText(bytes, at: root) }

/// Loads a text as if it were a file that only its owner can read.
func load(
    _ text: String, variables: [String: String] = [:], permissions: UInt32? = 0o600,
    purpose: ConfigLoader.Purpose = .inspection, path: String = "config.json"
) throws(ConfigError) -> LoadedConfig {
    let loader = ConfigLoader(
        environment: HostEnvironment(variables: variables), purpose: purpose, targets: TargetRegistry.builtIn.table)
    return try loader.load(Array(text.utf8), path: path, permissions: permissions)
}

extension LoadedConfig {
    var lines: [String] { findings.map { $0.line(file: file) } }
}
