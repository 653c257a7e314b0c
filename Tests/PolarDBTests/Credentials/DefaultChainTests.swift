import Foundation
import HTTPTransport
import Model
import PolarDB
import Testing

/// The order of the official SDKs: environment, OIDC, CLI profile, credentials file, ECS role, URI.
struct DefaultChainTests {
    private static let environment = [
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "FROM-ENV", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "s",
    ]
    private static let uri = ["ALIBABA_CLOUD_CREDENTIALS_URI": "http://127.0.0.1:7/keys?t=1"]

    /// Everything that can give a key does.
    private static func network(_ request: HTTPRequest) -> CredentialLab.Answer {
        if request.url.hasPrefix("http://100.100.100.200/latest/api/token") { return .text("tok") }
        if request.url.hasSuffix("/security-credentials/") { return .text("watcher") }
        if request.url.hasPrefix("http://100.100.100.200/") { return .key("FROM-ECS") }
        if request.url.hasPrefix("https://sts.aliyuncs.com/") { return .role("FROM-OIDC") }
        if request.url == "http://127.0.0.1:7/keys?t=1" { return .key("FROM-URI") }
        return .failure(TransportError(.connect, "refused"))
    }

    private func furnish(_ lab: CredentialLab) throws -> [String: String] {
        let token = try lab.write("token", "ey.token")
        try lab.write(
            ".aliyun/config.json",
            #"{"current":"p","profiles":[{"name":"p","mode":"AK","access_key_id":"FROM-CLI","access_key_secret":"s"}]}"#
        )
        try lab.write(
            ".alibabacloud/credentials.ini",
            "[default]\ntype = access_key\naccess_key_id = FROM-INI\naccess_key_secret = s\n")
        return Self.environment.merging(Self.uri) { $1 }.merging([
            "ALIBABA_CLOUD_ROLE_ARN": "acs:ram::1:role/r",
            "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "acs:ram::1:oidc-provider/k",
            "ALIBABA_CLOUD_OIDC_TOKEN_FILE": token,
        ]) { $1 }
    }

    @Test func `each place comes when those before it have nothing`() async throws {
        let lab = try CredentialLab(Self.network)
        var environment = try furnish(lab)
        #expect(await lab.ask(.defaultChain, environment) == "FROM-ENV")
        environment["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = " "
        #expect(await lab.ask(.defaultChain, environment) == "FROM-OIDC")
        environment["ALIBABA_CLOUD_OIDC_PROVIDER_ARN"] = nil
        #expect(await lab.ask(.defaultChain, environment) == "FROM-CLI")
        environment["ALIBABA_CLOUD_CLI_PROFILE_DISABLED"] = "TRUE"
        #expect(await lab.ask(.defaultChain, environment) == "FROM-INI")
        environment["ALIBABA_CLOUD_CREDENTIALS_FILE"] = lab.file("none")
        #expect(await lab.ask(.defaultChain, environment) == "FROM-ECS")
        environment["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true"
        #expect(await lab.ask(.defaultChain, environment) == "FROM-URI")
        environment["ALIBABA_CLOUD_CREDENTIALS_URI"] = nil
        let chain = lab.provider(.defaultChain, environment)
        let failure = await #expect(throws: PollFailure.self) { try await chain.credentials(at: CredentialLab.now) }
        #expect(failure?.reason == .credentials)
        let words = failure?.message ?? ""
        let places = ["environment", "OIDC", "CLI profile", "credentials file", "ECS role", "credentials URI"]
        let found = places.compactMap { words.range(of: "\($0):")?.lowerBound }
        #expect(found.count == places.count, "\(words)")
        #expect(found == found.sorted(), "\(words)")
    }

    @Test func `the second name of the credentials file counts, too`() async throws {
        let lab = try CredentialLab()
        try lab.write(
            ".alibabacloud/credentials", "[default]\ntype=access_key\naccess_key_id=OTHER-NAME\naccess_key_secret=s\n")
        #expect(await lab.ask() == "OTHER-NAME")
    }

    @Test func `ALIBABA_CLOUD_PROFILE names the profile and the section`() async throws {
        let lab = try CredentialLab()
        try lab.write(
            ".aliyun/config.json",
            """
            {"current": "a", "profiles": [
              {"name": "a", "mode": "AK", "access_key_id": "A", "access_key_secret": "s"},
              {"name": "b", "mode": "AK", "access_key_id": "B", "access_key_secret": "s"}]}
            """)
        try lab.write(
            ".alibabacloud/credentials.ini", "[c]\ntype=access_key\naccess_key_id=C\naccess_key_secret=s\n")
        #expect(await lab.ask() == "A")
        #expect(await lab.ask(.defaultChain, ["ALIBABA_CLOUD_PROFILE": "b"]) == "B")
        #expect(await lab.ask(.defaultChain, ["ALIBABA_CLOUD_PROFILE": "c"]) == "C")
    }

    @Test func `the place that answered first stays the one`() async throws {
        let lab = try CredentialLab(Self.network)
        let chain = lab.provider(.defaultChain, Self.uri)
        #expect(await chain.id() == "FROM-ECS")
        try lab.write(
            ".aliyun/config.json",
            #"{"profiles":[{"name":"default","mode":"AK","access_key_id":"LATER","access_key_secret":"s"}]}"#)
        #expect(await chain.id() == "FROM-ECS")
        #expect(await lab.ask() == "LATER")
    }

    @Test(arguments: [TransportError.Kind.connect, .timeout, .resolve, .tls])
    func `a place that is asked for and not reached is not passed over`(kind: TransportError.Kind) async throws {
        let lab = try CredentialLab(Self.network)
        var environment = try furnish(lab)
        environment["ALIBABA_CLOUD_ACCESS_KEY_ID"] = nil
        lab.answer { request in
            request.url.hasPrefix("https://sts") ? .failure(TransportError(kind, "not now")) : Self.network(request)
        }
        let chain = lab.provider(.defaultChain, environment)
        #expect(await chain.id().contains("not now"))
        lab.answer(Self.network)
        #expect(await chain.id(at: CredentialLab.now.advanced(by: .seconds(60))) == "FROM-OIDC")
    }

    @Test func `off ECS the metadata service is looked for once a minute`() async throws {
        let lab = try CredentialLab { _ in .failure(TransportError(.timeout, "no connection within 1s")) }
        let chain = lab.provider(.defaultChain)
        let now = CredentialLab.now
        for second in 0..<59 {
            #expect(await chain.id(at: now.advanced(by: .seconds(second))).contains("no connection"))
        }
        #expect(lab.requests.count == 2)
        #expect(lab.requests.allSatisfy { $0.connection.connectTimeout <= .seconds(1) })
        _ = await chain.id(at: now.advanced(by: .seconds(61)))
        #expect(lab.requests.count == 4)
        // A credentials URI behind it is reached meanwhile.
        lab.answer(Self.network)
        #expect(
            await lab.ask(.defaultChain, Self.uri.merging(["ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"]) { $1 })
                == "FROM-URI")
    }

    @Test func `an origin that names the place and no secret`() async throws {
        let lab = try CredentialLab(Self.network)
        var environment = try furnish(lab)
        func origin() async throws -> String {
            "\(try await lab.provider(.defaultChain, environment).credentials(at: CredentialLab.now))"
        }
        #expect(try await origin() == "credentials from the environment (ALIBABA_CLOUD_ACCESS_KEY_ID)")
        environment["ALIBABA_CLOUD_ACCESS_KEY_ID"] = nil
        #expect(
            try await origin().contains(
                "the role acs:ram::1:role/r (assumed with the OIDC token file \(lab.file("token")))"))
        environment["ALIBABA_CLOUD_ROLE_ARN"] = nil
        #expect(try await origin() == "credentials from profile p of \(lab.file(".aliyun/config.json"))")
        environment["ALIBABA_CLOUD_CONFIG_FILE"] = lab.file("none")
        #expect(
            try await origin()
                == "credentials from profile default of \(lab.file(".alibabacloud/credentials.ini"))")
        environment["ALIBABA_CLOUD_CREDENTIALS_FILE"] = lab.file("none")
        #expect(try await origin() == "credentials from the RAM role watcher of this ECS instance")
        environment["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true"
        #expect(try await origin() == "credentials from the credentials URI (http://127.0.0.1:7)")
    }
}
