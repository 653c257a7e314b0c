import Foundation
import HTTPTransport
import Model
import PolarDB
import TestSupport
import Testing

/// Temporary keys: from the metadata service, STS and the URI, until they end.
struct CredentialTests {
    private static let task = #""tasks": [{"id": "pm-1"}]"#
    private static let role = "acs:ram::1234567890123456:role/monitor"

    /// The daemon's own client, with the daemon's own providers.
    private struct Caller {
        let simulator: Simulator
        let http = CurlClient(userAgent: "test")

        func client(_ settings: CredentialSettings) throws -> PolarDBClient {
            let factory = CredentialsFactory(
                http: http, environment: [:],
                read: { secret in
                    if case .literal(let text) = secret.source { text } else { "" }
                }, now: { SystemTime.now })
            return PolarDBClient(
                http: http, endpoint: try Endpoint(simulator.http), region: "cn-beijing",
                credentials: factory.provider(for: settings)
            ) { SystemTime.now }
        }

        /// The API's code, or `ok`.
        func ask(_ client: PolarDBClient) async -> String {
            do {
                _ = try await client.call(
                    "DescribeAIDBClusterTaskAttribute", subject: "pm-1", [QueryParameter("DBClusterId", "pm-1")])
                return "ok"
            } catch {
                return error.code ?? error.message
            }
        }
    }

    private func accessKey(secret: String = "testsecret") -> CredentialSettings {
        .accessKey(id: Secret(.literal("testid")), secret: Secret(.literal(secret)), securityToken: nil)
    }

    private func sources(of simulator: Simulator, tokenFile: String) -> [(String, CredentialSettings)] {
        let first = CredentialSettings.ramRoleARN(
            AssumedRole(roleARN: Self.role, stsEndpoint: simulator.http), source: accessKey())
        return [
            ("metadata", .ecsRAMRole(roleName: nil, metadataEndpoint: simulator.http)),
            ("role by name", .ecsRAMRole(roleName: "monitor", metadataEndpoint: simulator.http)),
            ("assumed role", first),
            ("chained role", .ramRoleARN(AssumedRole(roleARN: Self.role, stsEndpoint: simulator.http), source: first)),
            (
                "OIDC",
                .oidcRoleARN(
                    roleARN: Self.role, providerARN: "acs:ram::1234567890123456:oidc-provider/k8s",
                    tokenFile: tokenFile,
                    sessionName: nil, stsEndpoint: simulator.http, duration: nil)
            ),
            ("URI", .uri(Secret(.literal(simulator.http + "/credentials")))),
        ]
    }

    @Test func `keys of every source are good for the API`() async throws {
        let folder = try TemporaryFolder()
        let tokenFile = try folder.write("token", "ey.oidc.token\n")
        let simulator = try await Simulator(
            scenario: #"{\#(Self.task), "credentials": {"oidc_token_file": "\#(tokenFile)", "metadata_v1": false}}"#)
        let caller = Caller(simulator: simulator)
        for (name, settings) in sources(of: simulator, tokenFile: tokenFile) {
            #expect(try await caller.ask(caller.client(settings)) == "ok", "\(name)")
        }
        let other = try folder.write("other", "ey.made.up")
        let refused = try await caller.ask(caller.client(sources(of: simulator, tokenFile: other)[4].1))
        #expect(refused.contains("AuthenticationFail.OIDCToken.Invalid"))
    }

    @Test func `keys that rotate are followed without a failed call`() async throws {
        let folder = try TemporaryFolder()
        let tokenFile = try folder.write("token", "ey.oidc.token")
        let simulator = try await Simulator(
            scenario: #"{\#(Self.task), "credentials": {"lifetime": "2s", "rotate": "1s"}}"#)
        let caller = Caller(simulator: simulator)
        let clients = try sources(of: simulator, tokenFile: tokenFile).map { try caller.client($0.1) }
        // A loaded machine asks less often, and follows fewer keys in the same time.
        try await eventually("eight keys of roles", within: .seconds(60), every: .milliseconds(1)) {
            for client in clients { #expect(await caller.ask(client) == "ok") }
            return try await simulator.calls(action: "AssumeRole").count >= 8
        }
    }

    @Test func `a token that has ended is refused`() async throws {
        let simulator = try await Simulator(scenario: #"{\#(Self.task), "credentials": {"lifetime": "1s"}}"#)
        let key = try await simulator.client.json("GET", "/credentials")
        var request = SignedRequest()
        request.accessKeyID = try #require(key["AccessKeyId"]?.stringValue)
        request.secret = try #require(key["AccessKeySecret"]?.stringValue)
        request.headers["x-acs-security-token"] = try #require(key["SecurityToken"]?.stringValue)
        let client = CurlClient(userAgent: "test")
        try await eventually("the key's end") {
            var again = request
            again.headers["x-acs-signature-nonce"] = UUID().uuidString
            let reply = try await again.send(to: simulator.https, trusting: simulator.caFile, by: client)
            return reply.code == "InvalidSecurityToken.Expired"
        }
    }

    @Test func `the metadata service has its rules`() async throws {
        let simulator = try await Simulator(scenario: #"{"credentials": {"metadata_v1": false, "role": "r"}}"#)
        let path = "/latest/meta-data/ram/security-credentials/"
        let life = ["X-aliyun-ecs-metadata-token-ttl-seconds": "60"]
        #expect(try await simulator.client.send("GET", path).status == 403)
        #expect(try await simulator.client.send("PUT", "/latest/api/token").status == 400)
        let forwarded = life.merging(["X-Forwarded-For": "10.0.0.1"]) { $1 }
        #expect(try await simulator.client.send("PUT", "/latest/api/token", headers: forwarded).status == 403)
        let token = try await simulator.client.send("PUT", "/latest/api/token", headers: life).text
        let login = ["X-aliyun-ecs-metadata-token": token]
        #expect(try await simulator.client.send("GET", path, headers: login).text == "r")
        #expect(try await simulator.client.send("GET", path + "r", headers: login).json()["Code"] == .string("Success"))
        #expect(try await simulator.client.send("GET", path + "other", headers: login).status == 404)

        let old = try await Simulator(scenario: #"{"credentials": {"metadata_v2": false}}"#)
        #expect(try await old.client.send("PUT", "/latest/api/token", headers: life).status == 405)
        #expect(try await old.client.send("GET", path).text == "monitor")
    }

    @Test func `STS refuses what is wrong, and fails on plan`() async throws {
        let simulator = try await Simulator(
            scenario: """
                {"accounts": [{"access_key_id": "testid", "access_key_secret": "testsecret"},
                              {"name": "poor", "access_key_id": "poorid", "access_key_secret": "s", "denied": ["AssumeRole"]}],
                 "credentials": {"roles": ["\(Self.role)"], "external_id": "x-1"}, \(Self.task),
                 "faults": [{"kind": "http_503", "action": "AssumeRole", "after": 1}]}
                """)
        let caller = Caller(simulator: simulator)
        func ask(_ role: AssumedRole, _ source: CredentialSettings) async throws -> String {
            var role = role
            role.stsEndpoint = simulator.http
            return await caller.ask(try caller.client(.ramRoleARN(role, source: source)))
        }
        let right = AssumedRole(roleARN: Self.role, externalID: "x-1")
        let poor = CredentialSettings.accessKey(
            id: Secret(.literal("poorid")), secret: Secret(.literal("s")), securityToken: nil)
        #expect(try await ask(right, accessKey(secret: "wrong")).contains("SignatureDoesNotMatch"))
        #expect(try await ask(right, poor).contains("NoPermission"))
        #expect(try await ask(AssumedRole(roleARN: Self.role), accessKey()).contains("NoPermission"))
        let unknown = AssumedRole(roleARN: Self.role + "2", externalID: "x-1")
        #expect(try await ask(unknown, accessKey()).contains("EntityNotExist.Role"))
        #expect(try await ask(right, accessKey()) == "ok")
        #expect(try await ask(right, accessKey()).contains("ServiceUnavailable"))
    }
}
