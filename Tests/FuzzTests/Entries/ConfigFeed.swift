import Alerts
import Config
import Model

/// A config: it is taken, or refused in words.
enum ConfigFeed {
    private static let loader = ConfigLoader(
        environment: HostEnvironment(variables: [:]), targets: TargetRegistry.builtIn.table)

    static func feed(_ bytes: [UInt8]) throws {
        do {
            let loaded = try loader.load(bytes, path: "/nowhere/config.json", permissions: nil)
            try check(loaded.findings.map(\.message))
            for target in loaded.settings.targets {
                _ = TargetRegistry.builtIn.plan(for: target) { _ in "" }
            }
        } catch let error as ConfigError {
            try BrokenRule.unless(!error.mistakes.isEmpty, "refused, and no mistake is named")
            try check(error.mistakes.map(\.message))
        }
    }

    private static func check(_ messages: [String]) throws {
        for message in messages {
            try BrokenRule.unless(!message.isEmpty, "a mistake without words")
            // One line each; what else could steer a terminal is taken out where it is printed.
            try BrokenRule.unless(!message.utf8.contains(10), "more than a line: \(message.debugDescription)")
        }
    }
}
