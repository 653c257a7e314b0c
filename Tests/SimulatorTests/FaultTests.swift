import Foundation
import HTTPTransport
import Model
import TestSupport
import Testing

/// Each fault as a client sees it.
struct FaultTests {
    private static let task = #"{"id": "pm-1", "phases": [{"at": "-1s", "status": "ACTIVATION"}]}"#

    private func api(faults: String) async throws -> API {
        try await API(#"{"tasks": [\#(Self.task), {"id": "pm-2"}], "faults": [\#(faults)]}"#)
    }

    @Test(arguments: [
        ("http_500", 500, "InternalError"), ("http_503", 503, "ServiceUnavailable"),
        ("gone", 404, "InvalidDBClusterId.NotFound"), ("throttle", 400, "Throttling.User"),
    ])
    func `an error of the API`(kind: String, status: Int, code: String) async throws {
        let reply = try await api(faults: #"{"kind": "\#(kind)"}"#).describe()
        #expect(reply.status == status)
        #expect(reply.code == code)
    }

    @Test func `an error of one's own`() async throws {
        let reply = try await api(faults: #"{"kind": "error", "http": 403, "code": "Forbidden.RAM", "message": "no"}"#)
            .describe()
        #expect(reply.status == 403)
        #expect(reply.code == "Forbidden.RAM")
        #expect(reply.json?["Message"] == .string("no"))
    }

    @Test func `a proxy's page, XML, no JSON, nothing at all, a redirect`() async throws {
        let api = try await api(
            faults: """
                {"kind": "html_502", "times": 1}, {"kind": "xml_error", "http": 403, "code": "Forbidden", "times": 1},
                {"kind": "not_json", "times": 1}, {"kind": "empty_200", "times": 1},
                {"kind": "redirect", "location": "https://example.invalid/x", "times": 1}
                """)
        let page = try await api.describe()
        #expect(page.status == 502)
        #expect(page.text.hasPrefix("<html>"))
        let xml = try await api.describe()
        #expect(xml.response.headers["content-type"] == "text/xml;charset=utf-8")
        #expect(xml.text.contains("<Code>Forbidden</Code>"))
        let words = try await api.describe()
        #expect(words.status == 200 && words.json == nil && !words.text.isEmpty)
        let nothing = try await api.describe()
        #expect(nothing.status == 200 && nothing.text.isEmpty)
        let elsewhere = try await api.describe()
        #expect(elsewhere.status == 302)
        #expect(elsewhere.response.headers["location"] == "https://example.invalid/x")
        #expect(try await api.describe().clusterStatus == "ACTIVATION")
    }

    @Test func `bodies that lie`() async throws {
        let api = try await api(
            faults: """
                {"kind": "truncated_json", "times": 1}, {"kind": "other_cluster_id", "times": 1},
                {"kind": "no_status", "times": 1}, {"kind": "no_cluster", "times": 1}
                """)
        let half = try await api.describe()
        #expect(half.status == 200 && half.json == nil && half.text.hasPrefix("{"))
        let other = try await api.describe()
        #expect(other.json?["DBClusterId"]?.stringValue?.contains("pm-1") == false)
        #expect(other.clusterStatus == "FAILED")
        let mute = try await api.describe()
        #expect(mute.json?["DBClusterId"] != nil && mute.clusterStatus == nil)
        let bare = try await api.describe()
        #expect(bare.json?.objectValue?.keys.sorted() == ["RequestId"])
    }

    @Test(arguments: ["huge_body", "gzip_bomb"])
    func `a body beyond every limit`(kind: String) async throws {
        let api = try await api(faults: #"{"kind": "\#(kind)", "times": 1}"#)
        let error = await #expect(throws: TransportError.self) { try await api.describe() }
        #expect(error?.kind == .tooLarge)
        #expect(try await api.describe().status == 200)
    }

    @Test(arguments: ["reset", "cut_connection"])
    func `a connection that breaks`(kind: String) async throws {
        let api = try await api(faults: #"{"kind": "\#(kind)", "times": 1}"#)
        let error = await #expect(throws: TransportError.self) { try await api.describe() }
        #expect(error?.kind == .reset)
        #expect(try await api.describe().status == 200)
    }

    @Test func `a mute server, and one that is late`() async throws {
        let api = try await api(
            faults: #"{"kind": "mute", "times": 1}, {"kind": "delay", "delay": "300ms", "times": 1}"#)
        var impatient = SignedRequest()
        impatient.timeout = .seconds(1)
        let error = await #expect(throws: TransportError.self) { try await api.send(impatient) }
        #expect(error?.kind == .timeout)
        let late = try await api.describe()
        #expect(late.status == 200)
        #expect(late.response.duration >= .milliseconds(300))
    }

    @Test func `a slow answer is whole in the end`() async throws {
        let api = try await api(faults: #"{"kind": "slow", "delay": "20ms"}"#)
        let reply = try await api.describe()
        #expect(reply.clusterStatus == "ACTIVATION")
        #expect(reply.response.duration >= .milliseconds(400))
    }

    @Test func `a fault has its cluster, its count and its time`() async throws {
        let api = try await api(
            faults: """
                {"kind": "http_500", "cluster": "pm-1", "after": 1, "times": 2},
                {"kind": "http_503", "cluster": "pm-2", "until": "-1s"}, {"kind": "http_503", "cluster": "pm-2", "from": "1h"}
                """)
        var statuses: [Int] = []
        for _ in 0..<4 { statuses.append(try await api.describe().status) }
        #expect(statuses == [200, 500, 500, 200])
        #expect(try await api.describe("pm-2").status == 200)
    }

    @Test func `the bomb is sound gzip`() async throws {
        let api = try await api(faults: #"{"kind": "gzip_bomb"}"#)
        let folder = try TemporaryFolder()
        let bomb = try await SignedRequest().send(
            to: api.simulator.https, trusting: api.simulator.caFile, by: api.client, unpacking: false)
        try Data(bomb.response.body).write(to: URL(fileURLWithPath: folder.file("bomb.gz")))
        #expect(try await run(ProgramPath.system("gzip"), ["-t", folder.file("bomb.gz")]).exitCode == 0)
    }

    @Test func `chance comes from the seed`() async throws {
        func statuses(seed: Int) async throws -> [Int] {
            let api = try await API(
                #"{"seed": \#(seed), "tasks": [{"id": "pm-1"}], "faults": [{"kind": "http_500", "probability": 0.5}]}"#)
            var statuses: [Int] = []
            for _ in 0..<40 { statuses.append(try await api.describe().status) }
            return statuses
        }
        let first = try await statuses(seed: 7)
        #expect(try await statuses(seed: 7) == first)
        #expect(Set(first) == [200, 500])
    }

    @Test func `faults come and go by control`() async throws {
        let api = try await api(faults: "")
        let id = try await api.simulator.addFault(#"{"kind": "http_500"}"#)
        #expect(try await api.describe().status == 500)
        try await api.simulator.client.json("DELETE", "/_control/faults/\(id)")
        #expect(try await api.describe().status == 200)
        await #expect(throws: LoopbackClient.Refused.self) {
            try await api.simulator.addFault(#"{"kind": "http_501"}"#)
        }
    }

    @Test func `a wrong signature is seen under any fault`() async throws {
        let api = try await api(faults: #"{"kind": "http_500"}"#)
        var request = SignedRequest()
        request.secret = "wrong"
        #expect(try await api.send(request).code == "SignatureDoesNotMatch")
    }

    @Test func `a quota throttles what exceeds it, and says until when`() async throws {
        let api = try await API(
            """
            {"tasks": [{"id": "pm-1"}], "quotas": [{"calls": 3, "per": "1m", "tells_retry_after": true,
             "action": "DescribeAIDBClusterTaskAttribute"}]}
            """)
        var codes: [String?] = []
        for _ in 0..<5 { codes.append(try await api.describe().code) }
        #expect(codes == [nil, nil, nil, "Throttling.User", "Throttling.User"])
        let refused = try await api.describe()
        let wait = try #require(refused.response.headers["x-acs-retry-after"].flatMap { Int($0) })
        #expect((1...60_000).contains(wait))

        try await api.simulator.setQuotas(#"[{"calls": 1, "per": "300ms"}]"#)
        #expect(try await api.describe().status == 200)
        try await eventually("the next window") { try await api.describe().status == 200 }
    }
}
