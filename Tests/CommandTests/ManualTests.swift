import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import polarai_daemon

/// polarai-daemon(1) is what scripts are written from.
struct ManualTests {
    /// In every command, and described once.
    private static let everywhere: Set<String> = ["config", "version", "help"]

    private static func commands(of type: any ParsableCommand.Type, _ path: [String]) -> [(
        String, any ParsableCommand.Type
    )] {
        let inner = type.configuration.subcommands
        guard !inner.isEmpty else { return [(path.joined(separator: " "), type)] }
        return inner.flatMap { commands(of: $0, path + [$0.configuration.commandName ?? "?"]) }
    }

    private static func options(in text: String, _ pattern: Regex<(Substring, Substring)>) -> Set<String> {
        Set(text.matches(of: pattern).map { String($0.output.1) }).subtracting(everywhere)
    }

    @Test func `the synopsis has every command with all of its options`() throws {
        let manual = try String(
            contentsOfFile: "\(ProgramPath.package)/docs/man/polarai-daemon.1", encoding: .utf8)
        let synopsis = try #require(manual.firstMatch(of: #/(?s)\.Sh SYNOPSIS\n(.*?)\.Sh DESCRIPTION/#)).output.1
        let entries = synopsis.split(separator: ".Nm\n").map { ".Nm\n\($0)" }
        let commands = Self.commands(of: PolarAIDaemon.self, [])
        #expect(commands.count > 20)
        for (name, type) in commands {
            let entry = try #require(
                entries.first { $0.hasPrefix(".Nm\n.Cm \(name)\n") || $0.hasPrefix(".Nm\n.Cm \(name) ") },
                "no synopsis of \(name)")
            let help = PolarAIDaemon.helpMessage(for: type, columns: 100)
            #expect(
                Self.options(in: entry, #/Fl -([a-z-]+)/#) == Self.options(in: help, #/(?m)^ {2}--([a-z-]+)/#),
                "\(name)")
        }
    }
}
