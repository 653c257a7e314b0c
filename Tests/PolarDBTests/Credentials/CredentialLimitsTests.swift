import Foundation
import Glibc
import HTTPTransport
import Model
import PolarDB
import Synchronization
import TestSupport
import Testing

/// What hangs, and what no honest source gives.
@Suite(.timeLimit(.minutes(10)))
struct CredentialLimitsTests {
    // MARK: - What hangs

    private struct SleepingSource: CredentialsSource {
        var place: String { "a source that sleeps" }

        func fetch(at now: Timestamp) async throws(PollFailure) -> Credentials {
            try? await Task.sleep(for: .seconds(3600))
            throw PollFailure(reason: .network, message: "woken")
        }
    }

    @Test func `a source that does not answer is named once its time is over`() async {
        let provider = RefreshingProvider(SleepingSource(), limit: .milliseconds(50))
        let failure = await #expect(throws: PollFailure.self) { try await provider.credentials(at: CredentialLab.now) }
        #expect(failure?.reason == .timeout)
        #expect(failure?.message == "no credentials from a source that sleeps within 50ms: it does not answer")
    }

    @Test func `a named pipe as any file is refused at once`() async throws {
        let lab = try CredentialLab { _ in .role("ROLE") }
        let pipe = lab.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let writer = open(pipe, O_RDWR | O_CLOEXEC)
        defer { close(writer) }
        #expect(await lab.ask(.profile(name: nil, file: pipe)).contains("is a named pipe"))
        let oidc = CredentialSettings.oidcRoleARN(
            roleARN: "acs:ram::1:role/r", providerARN: "p", tokenFile: pipe, sessionName: nil, stsEndpoint: nil,
            duration: nil)
        #expect(await lab.ask(oidc).contains("the OIDC token file \(pipe) is a named pipe"))
        #expect(lab.requests.isEmpty)
    }

    @Test func `a secret's file that hangs is given up, and asked no more often for that`() async throws {
        let gate = DispatchSemaphore(value: 0)
        let reads = Mutex(0)
        let provider = AccessKeyProvider(
            id: Secret(.file("/mount/id")), secret: Secret(.literal("s")), securityToken: nil
        ) { secret in
            guard case .file = secret.source else { return "s" }
            reads.withLock { $0 += 1 }
            gate.wait()
            return "K"
        }
        async let first = provider.id()
        async let second = provider.id()
        let words = await [first, second]
        #expect(words.allSatisfy { $0.contains("could not be read within 5s") }, "\(words)")
        #expect(reads.withLock { $0 } == 1)
        gate.signal()
        gate.signal()
        #expect(await provider.id() == "K")
    }

    // MARK: - Characters

    @Test(arguments: [
        ("\u{FEFF}LTAI5tKEY", "U+FEFF"), ("LTAI\u{200B}5tKEY", "U+200B"), ("LTAI5t KEY", "a space"),
        ("LTAI\u{0}KEY", "U+0000"),
        ("ＬTAI", "U+FF2C"),
    ])
    func `a character that nobody sees is named`(id: String, words: String) async throws {
        let lab = try CredentialLab()
        let settings = CredentialSettings.accessKey(
            id: Secret(.literal(id)), secret: Secret(.literal("s")), securityToken: nil)
        let said = await lab.ask(settings)
        #expect(said.contains(words) && said.contains("the id of the access key of the config"), "\(said)")
        #expect(!said.contains("LTAI5t"))
    }

    // MARK: - STS endpoints

    private static func roleSettings(_ endpoint: String? = nil) -> CredentialSettings {
        .ramRoleARN(
            AssumedRole(roleARN: "acs:ram::1:role/r", stsEndpoint: endpoint),
            source: .accessKey(id: Secret(.literal("K")), secret: Secret(.literal("s")), securityToken: nil))
    }

    @Test func `the nearest word on STS counts: config, profile, environment, region`() async throws {
        let lab = try CredentialLab { _ in .role("ROLE") }
        let environment = ["ALIBABA_CLOUD_STS_ENDPOINT": "sts.env.example", "ALIBABA_CLOUD_STS_REGION": "cn-shanghai"]
        func profile(_ keys: String) throws -> CredentialSettings {
            let file = try lab.write(
                "c.json",
                #"{"current":"p","profiles":[{"name":"p","mode":"RamRoleArn","access_key_id":"K","access_key_secret":"s","ram_role_arn":"acs:ram::1:role/r"\#(keys)}]}"#
            )
            return .profile(name: nil, file: file)
        }
        #expect(await lab.ask(Self.roleSettings("sts.config.example"), environment) == "ROLE")
        #expect(await lab.ask(Self.roleSettings(), environment) == "ROLE")
        #expect(
            await lab.ask(try profile(#","sts_endpoint":"sts.profile.example","sts_region":"cn-x""#), environment)
                == "ROLE")
        #expect(await lab.ask(try profile(#","sts_region":"cn-hangzhou""#), environment) == "ROLE")
        #expect(await lab.ask(try profile(""), environment) == "ROLE")
        let hosts = lab.requests.map { $0.url.split(separator: "/")[1] }
        #expect(
            hosts == [
                "sts.config.example", "sts.env.example", "sts.profile.example", "sts.cn-hangzhou.aliyuncs.com",
                "sts.env.example",
            ])
        let ini = try lab.write(
            "c.ini",
            """
            [default]
            type = ram_role_arn
            access_key_id = K
            access_key_secret = s
            role_arn = acs:ram::1:role/r
            sts_endpoint = https://sts.ini.example
            """)
        #expect(await lab.ask(.profile(name: nil, file: ini), environment) == "ROLE")
        #expect(lab.requests.last?.url.hasPrefix("https://sts.ini.example/?") == true)
        #expect(
            await lab.ask(Self.roleSettings(), ["ALIBABA_CLOUD_STS_ENDPOINT": "http://sts.example"])
                .contains("ALIBABA_CLOUD_STS_ENDPOINT is not a valid endpoint"))
    }

    // MARK: - Numbers

    private static let numbers = [
        "0", "-1", "2147483648", "9007199254740992", "9223372036854775807", "-9223372036854775808", "1e400", "NaN",
        "\"9223372036854775807\"", "null", "1.5", "[]", "18446744073709551616",
    ]

    @Test(arguments: numbers)
    func `no number of a profile is more than a mistake of its own`(number: String) async throws {
        let lab = try CredentialLab { request in
            let seconds = Int(request.parameters["DurationSeconds"] ?? "")
            return (900...43_200).contains(seconds ?? 0) ? .role("ROLE") : .refusal("InvalidParameter.DurationSeconds")
        }
        let file = try lab.write(
            "c.json",
            """
            {"current":"role","profiles":[
            {"name":"role","mode":"RamRoleArn","access_key_id":"K","access_key_secret":"s",
             "ram_role_arn":"acs:ram::1:role/r","expired_seconds":\(number)},
            {"name":"login","mode":"OAuth","access_key_id":"K","access_key_secret":"s","sts_token":"t","sts_expiration":\(number)}]}
            """)
        let role = await lab.ask(.profile(name: "role", file: file))
        #expect(
            role == "ROLE" || role.contains("is not valid JSON") || role.contains(": expired_seconds is not a"),
            "\(role)")
        let login = await lab.ask(.profile(name: "login", file: file))
        // 2^31 seconds are a time in 2038.
        #expect(
            number == "2147483648"
                ? login == "K" : login.contains("the credentials have expired") || login.contains("is not valid JSON"),
            "\(login)")
    }

    @Test(arguments: numbers + ["1795503600", "1795503600000", "1795503600000000", "1795503600000000000"])
    func `an expiration in any unit is understood or unknown`(number: String) async throws {
        let lab = try CredentialLab { _ in
            .text(
                #"{"Code":"Success","AccessKeyId":"K","AccessKeySecret":"s","SecurityToken":"t","Expiration":\#(number)}"#
            )
        }
        let provider = lab.provider(.uri(Secret(.literal("http://h/k"))))
        let credentials = try? await provider.credentials(at: CredentialLab.now)
        if number.hasPrefix("1795503600") {
            #expect(credentials?.expiration == CredentialLab.now.advanced(by: .seconds(3600)))
        } else if let credentials {
            #expect(credentials.expiration.map { $0.milliseconds < 4_102_444_800_001 } ?? true)
        }
        // Whatever it was, asking again and much later must not end the process.
        for time in [CredentialLab.now, Timestamp(milliseconds: .max), Timestamp(milliseconds: .min)] {
            _ = await provider.id(at: time)
        }
    }
}
