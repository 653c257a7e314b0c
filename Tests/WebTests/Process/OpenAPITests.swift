import TestSupport
import Testing

/// The API against its own description, by somebody else's validator (Debian: python3-jsonschema).
struct OpenAPITests {
    @Test
    func `every answer is as the OpenAPI document says`() async throws {
        let web = try await WebProgram.start()
        let check = try await run(
            ProgramPath.system("python3"),
            [PythonEnvironment.scripts + "/openapi_check.py", "http://127.0.0.1:\(web.port)", "pm-1"],
            within: .seconds(60))
        #expect(check.exitCode == 0, "\(check.output)\(check.errors)")
        #expect(check.output.contains("answers were checked"))
    }

    @Test
    func `what metrics say is what Prometheus' own reader takes`() async throws {
        let web = try await WebProgram.start()
        let answer = try await web.client.send("GET", "/metrics")
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(answer.text.contains("polarai_up 0\n"))
        #expect(answer.text.contains("polarai_last_event_seq 10\n"))
        #expect(answer.text.contains("polarai_scrape_collector_success{collector=\"database\"} 1\n"))
        #expect(answer.text.contains("polarai_web_build_info{"))
        let open = try await web.client.send(
            "GET", "/metrics", headers: ["Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"])
        #expect(open.headers["content-type"]?.hasPrefix("application/openmetrics-text; version=1.0.0") == true)
        #expect(open.text.hasSuffix("# EOF\n"))
    }
}
