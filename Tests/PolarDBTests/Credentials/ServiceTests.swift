import HTTPTransport
import Model
import PolarDB
import Testing

/// The metadata service, STS and the credentials URI: what is sent, and what each answer means.
struct ServiceTests {
    private static let role = "acs:ram::1:role/r"

    private func key(_ token: String? = nil) -> CredentialSettings {
        .accessKey(
            id: Secret(.literal("K")), secret: Secret(.literal("s")), securityToken: token.map { Secret(.literal($0)) })
    }

    // MARK: - The metadata service

    private static func metadata(_ request: HTTPRequest) -> CredentialLab.Answer {
        switch (request.method, request.url) {
        case (.put, "http://100.100.100.200/latest/api/token"): return .text("tok\n")
        case (.get, "http://100.100.100.200/latest/meta-data/ram/security-credentials/"): return .text("watcher\n")
        case (.get, "http://100.100.100.200/latest/meta-data/ram/security-credentials/watcher"): return .key("ECS")
        default: return .text("404 - Not Found", status: 404)
        }
    }

    private static let ecs = CredentialSettings.ecsRAMRole(roleName: nil, metadataEndpoint: nil)

    @Test func `version 2: a token first, and past every proxy`() async throws {
        let lab = try CredentialLab(Self.metadata)
        let factory = lab.factory(connection: ConnectionOptions(proxy: .url("http://proxy:3128")))
        #expect(await factory.provider(for: Self.ecs).id() == "ECS")
        #expect(lab.requests.map(\.method) == [.put, .get, .get])
        #expect(lab.requests[0].header("X-aliyun-ecs-metadata-token-ttl-seconds") == "21600")
        #expect(lab.requests[1...].allSatisfy { $0.header("X-aliyun-ecs-metadata-token") == "tok" })
        #expect(lab.requests.allSatisfy { $0.connection.proxy == .none })
        #expect(lab.requests.allSatisfy { $0.connection.connectTimeout == .seconds(1) })
    }

    @Test func `a role that is named is not asked for`() async throws {
        let lab = try CredentialLab(Self.metadata)
        #expect(await lab.ask(.ecsRAMRole(roleName: "watcher", metadataEndpoint: nil)) == "ECS")
        #expect(lab.requests.count == 2)
        #expect(
            await lab.ask(.ecsRAMRole(roleName: "other", metadataEndpoint: nil)).contains(
                "does not have the RAM role that role_name names"))
    }

    struct TokenRefusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let answer: CredentialLab.Answer
    }

    static let tokenRefusals = [
        TokenRefusal(testDescription: "405", answer: .text("405", status: 405)),
        TokenRefusal(testDescription: "403", answer: .text("403", status: 403)),
        TokenRefusal(testDescription: "an empty token", answer: .text("")),
        TokenRefusal(testDescription: "dropped packets", answer: .failure(TransportError(.timeout, "no answer"))),
        TokenRefusal(testDescription: "a reset", answer: .failure(TransportError(.reset, "reset"))),
    ]

    @Test(arguments: tokenRefusals)
    func `version 1 if there is no token, unless that is forbidden`(refusal: TokenRefusal) async throws {
        let lab = try CredentialLab { $0.method == .put ? refusal.answer : Self.metadata($0) }
        #expect(await lab.ask(Self.ecs) == "ECS")
        #expect(lab.requests[1...].allSatisfy { $0.header("X-aliyun-ecs-metadata-token") == nil })
        let count = lab.requests.count
        #expect(await lab.ask(Self.ecs, ["ALIBABA_CLOUD_IMDSV1_DISABLED": "true"]) != "ECS")
        #expect(lab.requests.count == count + 1)
    }

    @Test func `a token that is given and then not taken ends in version 1`() async throws {
        let lab = try CredentialLab { request in
            request.header("X-aliyun-ecs-metadata-token") == nil ? Self.metadata(request) : .text("401", status: 401)
        }
        #expect(await lab.ask(Self.ecs) == "ECS")
        #expect(await lab.ask(Self.ecs, ["ALIBABA_CLOUD_IMDSV1_DISABLED": "true"]).contains("status 401"))
    }

    @Test func `where nothing listens it is asked once`() async throws {
        let lab = try CredentialLab()
        #expect(await lab.ask(Self.ecs).contains("no credentials from the metadata service (http://100.100.100.200)"))
        #expect(lab.requests.count == 1)
    }

    @Test func `an instance without a role, and a role without keys`() async throws {
        let lab = try CredentialLab { request in
            request.url.hasSuffix("/token") ? .text("tok") : .text("", status: request.url.hasSuffix("/") ? 404 : 200)
        }
        #expect(await lab.ask(Self.ecs).contains("has no RAM role; attach one"))
        lab.answer { request in
            request.url.hasSuffix("/watcher") ? .text(#"{"Code":"Failed"}"#) : Self.metadata(request)
        }
        #expect(await lab.ask(Self.ecs).contains(#"for the RAM role of this instance: its answer's "Code" is not"#))
        lab.answer { $0.url.hasSuffix("/watcher") ? .text("<html>") : Self.metadata($0) }
        #expect(await lab.ask(Self.ecs).contains("without AccessKeyId"))
    }

    // MARK: - STS

    @Test func `AssumeRole signs with the source, and tells its token`() async throws {
        let lab = try CredentialLab { _ in .role("ROLE") }
        let settings = CredentialSettings.ramRoleARN(AssumedRole(roleARN: Self.role), source: key("src/tok=="))
        let credentials = try await lab.provider(settings).credentials(at: CredentialLab.now)
        #expect(credentials.accessKeyID == "ROLE")
        #expect(credentials.expiration == Timestamp(rfc3339: CredentialLab.inAnHour))
        let request = try #require(lab.requests.first)
        #expect(request.method == .post)
        #expect(!request.allowsResend)
        #expect(request.url.hasPrefix("https://sts.aliyuncs.com/?"))
        #expect(!request.url.contains("tok"))
        let sent = request.parameters
        #expect(sent["SecurityToken"] == "src/tok==")
        #expect(sent["RoleSessionName"] == "polarai-daemon")
        #expect(sent["DurationSeconds"] == "3600")
        #expect(sent["Version"] == "2015-04-01")
        #expect(
            RPCSignature.matches(
                method: "POST", parameters: sent.map { QueryParameter($0.key, $0.value) }, secret: "s"))
    }

    @Test func `in a VPC the region's own STS is asked`() async throws {
        let lab = try CredentialLab { _ in .role("ROLE") }
        let settings = CredentialSettings.ramRoleARN(AssumedRole(roleARN: Self.role), source: key())
        _ = await lab.factory(region: "cn-beijing", usesVPC: true).provider(for: settings).id()
        _ = await lab.factory(["ALIBABA_CLOUD_STS_REGION": "cn-shanghai"]).provider(for: settings).id()
        #expect(lab.requests[0].url.hasPrefix("https://sts-vpc.cn-beijing.aliyuncs.com/?"))
        #expect(lab.requests[1].url.hasPrefix("https://sts.cn-shanghai.aliyuncs.com/?"))
    }

    @Test func `a source that has expired is renewed once`() async throws {
        let settings = CredentialSettings.ramRoleARN(
            AssumedRole(roleARN: Self.role), source: .uri(Secret(.literal("http://h/keys"))))
        let count = Counter()
        let lab = try CredentialLab { request in
            if request.url.hasPrefix("https://sts") {
                return request.parameters["AccessKeyId"] == "SRC2"
                    ? .role("ROLE") : .refusal("InvalidSecurityToken.Expired")
            }
            return .key("SRC\(count.next())")
        }
        #expect(await lab.ask(settings) == "ROLE")
        #expect(lab.requests.map { $0.url.hasPrefix("https://sts") } == [false, true, false, true])
    }

    @Test func `AssumeRoleWithOIDC is not signed, and reads the token anew each time`() async throws {
        let lab = try CredentialLab { .role("FOR-" + ($0.parameters["OIDCToken"] ?? "")) }
        let token = try lab.write("token", "one\n")
        let settings = CredentialSettings.oidcRoleARN(
            roleARN: Self.role, providerARN: "acs:ram::1:oidc-provider/k", tokenFile: token, sessionName: nil,
            stsEndpoint: nil, duration: nil)
        let provider = lab.provider(settings)
        #expect(await provider.id() == "FOR-one")
        let request = try #require(lab.requests.first)
        #expect(request.parameters["Signature"] == nil)
        #expect(request.parameters["AccessKeyId"] == nil)
        #expect(!request.url.contains("one"))
        try lab.write("token", "two")
        #expect(await provider.id(at: CredentialLab.now.advanced(by: .seconds(3600))) == "FOR-two")
        try lab.write("token", " ")
        #expect(await lab.ask(settings).contains("is empty"))
        #expect(lab.requests.count == 2)
    }

    @Test func `a clock that is off is learnt from STS, once for all that share it`() async throws {
        let clock = ClockOffset()
        let lab = try CredentialLab { request in
            request.parameters["Timestamp"] == "2026-11-24T09:00:00Z"
                ? .role("ROLE")
                : .refusal(
                    "InvalidTimeStamp.Expired", headers: [HTTPHeader("Date", "Tue, 24 Nov 2026 09:00:00 GMT")])
        }
        let settings = CredentialSettings.ramRoleARN(AssumedRole(roleARN: Self.role), source: key())
        #expect(await lab.factory(clock: clock).provider(for: settings).id() == "ROLE")
        #expect(lab.requests.count == 2)
        #expect(clock.current == .seconds(3 * 3600))
        #expect(clock.takeNotice()?.words?.contains("behind") == true)
        // Already known: asked right at once.
        let corrected = clock.serverTime(CredentialLab.now)
        #expect(await lab.factory(clock: clock).provider(for: settings).id(at: corrected) == "ROLE")
        #expect(lab.requests.count == 3)
        // A server whose date explains nothing.
        lab.answer { _ in .refusal("InvalidTimeStamp.Expired") }
        #expect(await lab.ask(settings).contains("set this host's clock"))
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        let code: String
        let status: Int
        let reason: FailureReason

        var testDescription: String { code }
    }

    static let refusals = [
        Refused(code: "NoPermission", status: 403, reason: .permission),
        Refused(code: "EntityNotExist.Role", status: 404, reason: .credentials),
        Refused(code: "AuthenticationFail.OIDCToken.Expired", status: 400, reason: .credentials),
        Refused(code: "SignatureDoesNotMatch", status: 400, reason: .credentials),
        Refused(code: "Throttling.User", status: 400, reason: .throttled),
        Refused(code: "ServiceUnavailable", status: 503, reason: .server),
    ]

    @Test(arguments: refusals)
    func `a refusal of STS is reported with its code`(refused: Refused) async throws {
        let lab = try CredentialLab { _ in .refusal(refused.code, status: refused.status) }
        let settings = CredentialSettings.ramRoleARN(AssumedRole(roleARN: Self.role), source: key())
        let provider = lab.provider(settings)
        let failure = await #expect(throws: PollFailure.self) {
            try await provider.credentials(at: CredentialLab.now)
        }
        #expect(failure?.reason == refused.reason)
        #expect(failure?.message.contains(refused.code) == true)
        #expect(failure?.message.contains("AssumeRole") == true)
    }

    // MARK: - The URI

    @Test func `the URI's key`() async throws {
        let lab = try CredentialLab { _ in .key("URI") }
        for url in ["http://127.0.0.1:8000/k", "https://keys.example/k"] {
            #expect(await lab.ask(.uri(Secret(.literal(url)))) == "URI")
        }
        #expect(lab.requests.map(\.url) == ["http://127.0.0.1:8000/k", "https://keys.example/k"])
    }

    @Test(arguments: [#"{"Code":"Failed"}"#, #"{"Code":"Success","AccessKeyId":"K"}"#, "<html>", ""])
    func `an answer that is not a key is reported without it`(body: String) async throws {
        let lab = try CredentialLab { _ in .text(body) }
        let words = await lab.ask(.uri(Secret(.literal("http://h/secret-path?token=1"))))
        #expect(words.contains("the credentials URI (http://h)"), "\(words)")
        #expect(!words.contains("secret-path"))
    }
}

private final class Counter: @unchecked Sendable {
    private var count = 0

    /// Called while the lab holds its lock, so by one at a time.
    func next() -> Int {
        count += 1
        return count
    }
}
