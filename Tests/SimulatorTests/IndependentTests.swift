import Foundation
import HTTPTransport
import Model
import PolarDB
import TestSupport
import Testing

/// The official SDK and the official webhook library, as witnesses of both sides.
struct IndependentTests {
    /// Calls an action by the official SDK; what it understood.
    private func ask(
        _ simulator: Simulator, action: String = "DescribeAIDBClusterTaskAttribute", _ parameters: [String],
        _ more: [String] = []
    ) async throws -> JSONValue {
        let result = try await run(
            PythonEnvironment.interpreter(),
            [
                PythonEnvironment.scripts + "/sdk_client.py", "--endpoint", "127.0.0.1:\(simulator.httpPort)",
                "--action", action,
            ] + more + ["RegionId=cn-beijing"] + parameters, environment: ["PYTHONDONTWRITEBYTECODE": "1"])
        return try JSONValue(parsing: Array(result.output.utf8))
    }

    @Test func `the official SDK calls the simulator and understands its answers`() async throws {
        let simulator = try await Simulator(
            scenario: """
                {"accounts": [{"access_key_id": "testid", "access_key_secret": "testsecret"},
                   {"name": "sts", "access_key_id": "stsid", "access_key_secret": "stssecret", "security_tokens": ["tok/1=="]}],
                 "tasks": [{"id": "pm-1", "phases": [{"at": "-1h", "status": "ACTIVATION"}, {"at": "-1m", "status": "FAILED"}]},
                   {"id": "pm-2", "answer": "sample"}],
                 "faults": [{"kind": "throttle", "cluster": "pm-3"}]}
                """)
        let failed = try await ask(simulator, ["DBClusterId=pm-1"])
        #expect(failed["DBClusterStatus"] == .string("FAILED"))
        #expect(failed["TaskInfo"]?.arrayValue?.first?["CompletedTime"]?.stringValue != nil)
        #expect(try await ask(simulator, ["DBClusterId=pm-2"])["KindCode"] == .integer(18))
        #expect(try await ask(simulator, ["DBClusterId=pm-3"])["code"] == .string("Throttling.User"))
        #expect(try await ask(simulator, ["DBClusterId=pm-4"])["code"] == .string("InvalidDBClusterId.NotFound"))
        #expect(
            try await ask(simulator, ["DBClusterId=pm-1"], ["--secret", "wrong"])["code"]
                == .string("SignatureDoesNotMatch"))
        let temporary = try await ask(
            simulator, ["DBClusterId=pm-1"], ["--access-key", "stsid", "--secret", "stssecret", "--token", "tok/1=="])
        #expect(temporary["DBClusterStatus"] == .string("FAILED"))
    }

    @Test func `the official SDK reads lists, metrics and logs`() async throws {
        let simulator = try await Simulator(
            scenario: """
                {"instances": [{"id": "pc-1"}], "tasks": [{"id": "pm-{n}", "count": 3, "instance": "pc-1",
                   "phases": [{"at": "-60s", "status": "ACTIVATION"}, {"at": "-10s", "status": "FAILED"}]}]}
                """)
        let list = try await ask(
            simulator, action: "DescribeAIDBClusterTasks",
            ["RelativeDBClusterId=pc-1", "KubeType=aitrain", "PageNumber=1", "PageSize=2"])
        #expect(list["Items"]?.arrayValue?.compactMap { $0["DBNodeId"]?.stringValue } == ["pm-1", "pm-2"])
        #expect(list["TotalRecordCount"] == .string("3"))
        let day = ["StartTime=2020-01-01T00:00:00Z", "EndTime=2099-01-01T00:00:00Z", "DBClusterId=pm-1"]
        let metrics = try await ask(simulator, action: "DescribeAIDBClusterTaskMetrics", day + ["MetricType=train"])
        #expect(metrics["Items"]?["SlsMetricsItems"]?.arrayValue?.count == 50)
        let logs = try await ask(
            simulator, action: "DescribeAIDBClusterTaskLogFiles", day + ["LogType=sls", "Reverse=true"])
        let newest = logs["Items"]?["SlsLogItems"]?.arrayValue?.first?["Message"]?.stringValue
        #expect(newest?.contains("CUDA out of memory") == true)
    }

    @Test func `the official credentials library takes keys from the URI`() async throws {
        let simulator = try await Simulator(scenario: #"{"tasks": [{"id": "pm-1"}]}"#)
        let answer = try await ask(
            simulator, ["DBClusterId=pm-1"], ["--credentials-uri", simulator.http + "/credentials"])
        #expect(answer["DBClusterStatus"] == .string("ACTIVATION"), "\(answer)")
    }

    @Test func `the verifier accepts what is right and refuses what is not`() async throws {
        let verifier = try await ACS3Verifier()
        let client = CurlClient(userAgent: "test")
        let base = "https://localhost:\(verifier.httpsPort)"
        func send(_ spoil: (inout SignedRequest) -> Void = { _ in }) async throws -> APIReply {
            var request = SignedRequest()
            spoil(&request)
            return try await request.send(to: base, trusting: verifier.caFile, by: client)
        }
        for _ in 0..<20 { #expect(try await send().status == 200) }
        try await verifier.setTask("pm-1", status: "COMPLETED")
        #expect(try await send().clusterStatus == "COMPLETED")

        let used = SignedRequest()
        #expect(try await used.send(to: base, trusting: verifier.caFile, by: client).status == 200)
        #expect(try await used.send(to: base, trusting: verifier.caFile, by: client).code == "SignatureNonceUsed")
        #expect(try await send { $0.secret = "wrong" }.code == "SignatureDoesNotMatch")
        #expect(try await send { $0.unsigned = ["x-acs-date"] }.code == "IncompleteSignature")
        #expect(try await send { $0.headers["x-acs-date"] = "2020-01-01T00:00:00Z" }.code == "InvalidTimeStamp.Expired")
        #expect(try await send { $0.headers["x-acs-security-token"] = "t" }.code == "InvalidSecurityToken.Malformed")

        let stats = try await verifier.stats()
        #expect(stats.accepted == 22)
        #expect(stats.refused.count == 5)
        #expect(stats.connections == 1)
    }

    @Test func `keys that rotate under an independent service cost no call`() async throws {
        let verifier = try await ACS3Verifier(keyLifetime: 4)
        let http = CurlClient(userAgent: "test")
        let factory = CredentialsFactory(
            http: http, environment: [:],
            read: { secret in
                if case .literal(let text) = secret.source { text } else { "" }
            }, now: { SystemTime.now })
        let key = CredentialSettings.accessKey(
            id: Secret(.literal("testid")), secret: Secret(.literal("testsecret")), securityToken: nil)
        let clients = try [
            CredentialSettings.ecsRAMRole(roleName: nil, metadataEndpoint: verifier.keyServices),
            .ramRoleARN(
                AssumedRole(roleARN: "acs:ram::1:role/r", stsEndpoint: verifier.keyServices, duration: .seconds(900)),
                source: key),
        ].map { settings in
            PolarDBClient(
                http: http, endpoint: try Endpoint("https://localhost:\(verifier.httpsPort)"), region: "cn-beijing",
                credentials: factory.provider(for: settings), connection: ConnectionOptions(caFile: verifier.caFile)
            ) { SystemTime.now }
        }
        var calls = 0
        // Keys last for four seconds; a busy machine makes few calls in that time.
        let end = ContinuousClock.now.advanced(by: .seconds(90))
        while ContinuousClock.now < end, try await verifier.stats().keys < 6 {
            for client in clients {
                _ = try await client.call(
                    "DescribeAIDBClusterTaskAttribute", subject: nil, [QueryParameter("DBClusterId", "pm-1")])
                calls += 1
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        let stats = try await verifier.stats()
        #expect(stats.refused == [])
        #expect(stats.accepted == calls)
        #expect(stats.keys >= 6, "\(stats.keys) keys")
    }

    @Test func `the receiver accepts what is signed by the library's own example and nothing else`() async throws {
        let receiver = try await StandardWebhooksReceiver(
            secrets: ["whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
        let client = CurlClient(userAgent: "test")
        let body = #"{"test": 2432232314}"#
        func post(_ headers: [HTTPHeader]) async throws -> Int {
            try await client.send(
                HTTPRequest(method: .post, url: receiver.url, headers: headers, body: Array(body.utf8))
            ).status
        }
        // The library's own test vector is from 2021: right, but too old.
        let vector = [
            HTTPHeader("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"), HTTPHeader("webhook-timestamp", "1614265330"),
            HTTPHeader("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        ]
        #expect(try await post(vector) == 401)
        #expect(try await post([]) == 401)
        let key = "0123456789abcdef0123456789abcdef"
        let signed = WebhookSigning.headers(key: key, id: "x-1", at: Int(Date().timeIntervalSince1970), body: body)
        #expect(try await post(signed.map { HTTPHeader($0.key, $0.value) }) == 200)
        let verdicts = try await receiver.deliveries().compactMap { $0["verdict"]?.stringValue }
        #expect(verdicts.count == 3)
        #expect(verdicts.first?.contains("too old") == true)
        #expect(verdicts.last == "accepted")
    }
}
