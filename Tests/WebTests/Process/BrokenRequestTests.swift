import TestSupport
import Testing

/// Requests as no browser sends them, slow senders and idle connections among them.
struct BrokenRequestTests {
    @Test
    func `whatever is asked, it stays up and does not grow`() async throws {
        let web = try await WebProgram.start()
        let fuzzer = try await run(
            ProgramPath.system("python3"),
            [PythonEnvironment.scripts + "/web_fuzz.py", "\(web.port)", "\(web.program.pid)", "1000"],
            within: .seconds(600))
        #expect(fuzzer.exitCode == 0, "\(fuzzer.output)\(fuzzer.errors)")
        #expect(try await web.client.send("GET", "/-/healthy").status == 200)
        #expect(try await web.program.stop() == .exit(0))
    }
}
