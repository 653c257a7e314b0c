import Model
import TestSupport
import Testing

/// Targets of type `cloudmonitor`: a signed call, judged by the simulator and by the official SDK.
@Suite(.timeLimit(.minutes(10)))
struct CloudMonitorTests {
    private static let keys =
        #"{"type": "access_key", "access_key_id": "testid", "access_key_secret": "testsecret"}"#

    private func site(_ target: String, credentials: String = keys) throws -> Site {
        let site = try Site()
        try site.configure(
            """
            {"api": {"region": "cn-beijing", "credentials": \(credentials)}, "clusters": ["pm-2ze9examp1e00001"],
             "targets": {"call": {"type": "cloudmonitor", \(target)}},
             "storage": {"path": "\(site.database)"}}
            """)
        return site
    }

    @Test func `the official SDK signs the same and sends the same parameters`() async throws {
        let verifier = try await ACS3Verifier()
        let address = #""endpoint": "localhost:\#(verifier.httpsPort)", "ca_file": "\#(verifier.caFile)""#
        for (more, name, group) in [
            ("", "polarai_failed", "0"), (#", "event_name": "gpu", "group_id": 42"#, "gpu", "42"),
        ] {
            let result = try await site(address + more).run("test-alert", "call")
            #expect(result.exitCode == 0, "\(result.output) \(result.errors)")
            let stats = try await verifier.stats()
            #expect(stats.refused.isEmpty)
            let event = try #require(stats.events.last)
            #expect(event["EventName"]?.stringValue == name)
            #expect(event["GroupId"]?.stringValue == group)
            #expect(event["Time"]?.stringValue?.wholeMatch(of: /\d{8}T\d{6}\.\d{3}\+0000/) != nil)
            let content = try JSONValue(parsing: Array((event["Content"]?.stringValue ?? "").utf8))
            #expect(content["event"]?.stringValue == "failed")
            #expect(content["cluster"]?.stringValue == "pm-test0000000000000")
            #expect(content["id"]?.stringValue?.hasPrefix("test-") == true)
            #expect(content["message"]?.stringValue?.isEmpty == false)
        }
    }

    @Test func `a key without the permission, a wrong key, and one that there is not`() async throws {
        let simulator = try await Simulator(
            scenario: #"""
                {"accounts": [{"access_key_id": "testid", "access_key_secret": "testsecret"},
                              {"name": "weak", "access_key_id": "weakid", "access_key_secret": "weaksecret", "denied": ["PutCustomEvent"]}]}
                """#)
        let address = #""endpoint": "\#(simulator.http)""#
        func credentials(_ id: String, _ secret: String) -> String {
            #"{"type": "access_key", "access_key_id": "\#(id)", "access_key_secret": "\#(secret)"}"#
        }
        let good = try await site(address).run("test-alert", "call", "--event", "completed")
        #expect(good.exitCode == 0, "\(good.output)")
        #expect(try await simulator.acceptedDeliveries(to: "cloudmonitor").count == 1)
        let weak = try await site(address, credentials: credentials("weakid", "weaksecret")).run("test-alert", "call")
        #expect(weak.exitCode == 1)
        #expect(weak.output.contains("target broken (Forbidden.RAM)") && weak.output.contains("cms:PutCustomEvent"))
        let wrong = try await site(address, credentials: credentials("testid", "other0secret")).run(
            "test-alert", "call")
        #expect(wrong.exitCode == 1)
        #expect(wrong.output.contains("SignatureDoesNotMatch"))
        #expect(!(wrong.output + wrong.errors).contains("other0secret"))
        let none = try await site(
            address, credentials: #"{"type": "profile", "name": "x", "file": "/nowhere"}"#
        ).run("test-alert", "call")
        #expect(none.exitCode != 0)
    }

    @Test func `a dry run prints the call and signs nothing`() async throws {
        let result = try await site(#""group_id": 7"#).run("test-alert", "call", "--dry-run")
        #expect(result.exitCode == 0)
        #expect(result.output.contains("POST https://metrics.cn-beijing.aliyuncs.com/?EventInfo.1.Content="))
        #expect(result.output.contains("EventInfo.1.GroupId=7"))
        #expect(result.output.contains("authorization: signed with the credentials of default"))
        #expect(!result.output.contains("testsecret"))
    }
}
