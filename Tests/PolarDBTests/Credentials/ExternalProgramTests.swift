import Foundation
import Glibc
import HTTPTransport
import Model
import PolarDB
import TestSupport
import Testing

/// `process_command`: what the program does is its own affair, what we wait for is ours.
@Suite(.timeLimit(.minutes(10)))
struct ExternalProgramTests {
    private let lab: CredentialLab

    init() throws {
        lab = try CredentialLab()
    }

    private static let keys = #"echo '{"access_key_id":"K","access_key_secret":"s"}'"#

    /// Asks a profile whose program is this script.
    private func ask(_ script: String, arguments: String = "") async throws -> String {
        // Read by the shell: a file that was just written cannot be executed while a child that another test is starting
        // still has it open ("Text file busy").
        let program = try lab.write("keys program.sh", "\(script)\n")
        return await ask(command: "/bin/sh '\(program)' \(arguments)")
    }

    private func ask(command: String) async -> String {
        let object: [String: Any] = [
            "current": "p", "profiles": [["name": "p", "mode": "External", "process_command": command]],
        ]
        guard let data = try? JSONSerialization.data(withJSONObject: object),
            let file = try? lab.write("config.json", String(decoding: data, as: UTF8.self))
        else { return "no file" }
        return await lab.ask(.profile(name: nil, file: file))
    }

    @Test func `what stays in the background is not waited for`() async throws {
        let started = ContinuousClock.now
        // It inherits the output and holds it open.
        #expect(try await ask("sleep 100 &\necho $! > '\(lab.file("pid"))'\n\(Self.keys)") == "K")
        #expect(ContinuousClock.now - started < .seconds(30))
        let pid = try #require(Int32(lab.home.read("pid").trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(kill(pid, SIGKILL) == 0, "it was left alone")
    }

    @Test func `a program that closes its output is waited for until its end`() async throws {
        #expect(try await ask("\(Self.keys)\nexec >&-\nexit 4").contains("ended with status 4"))
    }

    @Test func `words are split as a shell splits them`() async throws {
        let script = #"printf '{"access_key_id":"%s-%s-%s-%s","access_key_secret":"s"}' "$#" "$1" "$2" "$3""#
        #expect(try await ask(script, arguments: #"'a b' "c $HOME" d\ e"#).contains("space"))
        #expect(try await ask(script, arguments: #"'a"b' "" x\'y"#).contains("printed no JSON"))
        #expect(try await ask(script, arguments: #"a'b'"c" '' ~"#) == "3-abc--~")
        #expect(await ask(command: "/bin/echo 'open").contains("a quote in it is not closed"))
        #expect(await ask(command: "   ").contains("process_command is missing"))
        #expect(await ask(command: "''").contains("names no program"))
    }

    @Test func `what it says on its standard error goes nowhere`() async throws {
        let script = #"printf '{"access_key_id":"%s","access_key_secret":"s"}' "$(readlink /proc/$$/fd/2)""#
        #expect(try await ask("set -x\n\(script)") == "/dev/null")
        let failed = try await ask("echo LTAI5tSeCrEt >&2\nexit 7")
        #expect(failed.contains("ended with status 7; to see what it says, run its command by hand as the same user"))
        #expect(!failed.contains("LTAI"))
    }

    @Test func `output without end, a signal, and a program that is none`() async throws {
        #expect(
            try await ask("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done").contains("prints more than 64 KiB"))
        #expect(try await ask("kill -9 $$").contains("signal 9"))
        #expect(await ask(command: lab.home.path).contains("cannot be started"))
        #expect(await ask(command: "env sh -c \"\(Self.keys.replacing("\"", with: "\\\""))\"") == "K")
    }

    @Test func `the program and what it started are ended when nobody waits any more`() async throws {
        let pids = lab.file("pids")
        let program = try lab.write(
            "hang.sh", "trap '' TERM\nsleep 100 &\necho $$ $! > '\(pids)'\nwait\nsleep 100\n")
        let file = try lab.write(
            "config.json",
            #"{"current":"p","profiles":[{"name":"p","mode":"External","process_command":"/bin/sh \#(program)"}]}"#)
        let provider = lab.provider(.profile(name: nil, file: file))
        let task = Task { await provider.id() }
        let line: String = try await eventually("the program's numbers", within: .seconds(120)) {
            let text = (try? String(contentsOfFile: pids, encoding: .utf8)) ?? ""
            return text.hasSuffix("\n") ? text : nil
        }
        task.cancel()
        _ = await task.value
        for pid in line.split(whereSeparator: \.isWhitespace).compactMap({ Int32($0) }) {
            try await eventually("the end of \(pid)", within: .seconds(120)) { hasEnded(pid) }
        }
    }
}
