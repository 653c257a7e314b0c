import Foundation
import TestSupport
import Testing

/// Mistakes in a scenario are named with their place.
struct ScenarioTests {
    @Test(arguments: [
        (
            #"{"tasks": [{"id": "pm-1", "phases": [{"at": "5x", "status": "A"}]}]}"#,
            #"tasks[0].phases[0].at: "5x" is not a time"#
        ),
        (#"{"tasks": [{"phases": []}]}"#, "tasks[0].id: is missing"),
        (#"{"tasks": [{"id": "pm-1", "phases": []}]}"#, "tasks[0].phases: is empty"),
        (#"{"tasks": [{"id": "pm-1", "statsu": 1}]}"#, "tasks[0].statsu: no such key"),
        (#"{"tasks": [{"id": "pm-1", "count": 2}]}"#, "put {n} into it"),
        (#"{"tasks": [{"id": "pm-1"}, {"id": "pm-1"}]}"#, #"tasks[1]: "pm-1" is there twice"#),
        (#"{"tasks": [{"id": "pm-1", "instance": "pc-1"}]}"#, #"tasks[0].instance: "pc-1" is not among the instances"#),
        (#"{"faults": [{"kind": "http_499"}]}"#, #"faults[0].kind: "http_499" is not a fault; known: http_500"#),
        (#"{"faults": [{"kind": "mute", "probability": 2}]}"#, "faults[0].probability"),
        (#"{"hooks": [{"name": "a", "secret": "whsec_short"}]}"#, "hooks[0].secret: is not a Standard Webhooks secret"),
        (#"{"hooks": [{"name": "a", "plan": [{"delay": "1"}]}]}"#, #"hooks[0].plan[0].delay: "1" is not a duration"#),
        ("{\n  \"tasks\": [,]\n}", "not JSON"),
    ])
    func `a mistake`(scenario: String, expected: String) async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("scenario.json", scenario)
        let result = try await run(ProgramPath.built("polarai-simulator"), ["check", file])
        #expect(result.exitCode == 78)
        #expect(result.errors.hasPrefix(file + ": "))
        #expect(result.errors.contains(expected), "\(result.errors)")
    }

    @Test func `the documentation's scenario is one`() async throws {
        let page = try String(contentsOfFile: ProgramPath.package + "/docs/simulator.md", encoding: .utf8)
        let block = try #require(page.split(separator: "```json\n").dropFirst().first?.split(separator: "\n```").first)
        let folder = try TemporaryFolder()
        let file = try folder.write("scenario.json", String(block))
        let result = try await run(ProgramPath.built("polarai-simulator"), ["check", file])
        #expect(result.exitCode == 0, "\(result.errors)")
    }

    @Test func `the ports are written where they were asked for`() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("scenario.json", "{}")
        let program = try RunningProgram(
            ProgramPath.built("polarai-simulator"), ["serve", "--scenario", file, "--ready-file", folder.file("ready")])
        let line = try await program.awaitLine { $0.hasPrefix("{") }
        #expect(line.hasSuffix(#""https": null}"#))
        try await eventually("the ready file") { folder.read("ready") == line + "\n" }
        #expect(try await program.stop() == .exit(0))
    }

    @Test func `stopping does not wait for whoever is kept waiting`() async throws {
        let simulator = try await Simulator(scenario: #"{"hooks": [{"name": "a", "plan": [{"mute": true}]}]}"#)
        async let hung = simulator.client.send("POST", "/hook/a", body: "{}")
        try await eventually("the delivery") {
            try !String(contentsOfFile: simulator.logFile, encoding: .utf8).isEmpty
        }
        #expect(try await simulator.program.stop(within: .seconds(30)) == .exit(0))
        _ = try? await hung
    }
}
