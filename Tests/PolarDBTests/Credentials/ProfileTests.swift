import Foundation
import HTTPTransport
import Model
import PolarDB
import Testing

/// `~/.aliyun/config.json` and the SDKs' ini files, with their quirks.
struct ProfileTests {
    private func config(_ profiles: String, current: String = "p") -> String {
        #"{"current": "\#(current)", "profiles": [\#(profiles)], "meta_path": ""}"#
    }

    private func ask(_ profiles: String, name: String? = nil, _ lab: CredentialLab) async throws -> String {
        let file = try lab.write("config.json", config(profiles))
        return await lab.ask(.profile(name: name, file: file))
    }

    // MARK: - The CLI's file

    @Test(arguments: ["AK", "ak", "Ak"])
    func `a mode counts whatever its case`(mode: String) async throws {
        let lab = try CredentialLab()
        let profile =
            #"{"name":"p","mode":"\#(mode)","access_key_id":" K \n","access_key_secret":"s","region_id":"cn-beijing"}"#
        #expect(try await ask(profile, lab) == "K")
    }

    @Test func `a token that a login gave stays as it is`() async throws {
        let lab = try CredentialLab()
        let file = try lab.write(
            "c.json",
            config(#"{"name":"p","mode":"StsToken","access_key_id":"K","access_key_secret":"s","sts_token":"t"}"#))
        let credentials = try await lab.provider(.profile(name: nil, file: file)).credentials(at: CredentialLab.now)
        #expect(credentials.securityToken == "t")
        #expect(credentials.expiration == nil)
    }

    @Test func `RamRoleArn assumes the role at the STS that it names`() async throws {
        let lab = try CredentialLab { _ in .role("ROLE") }
        let profile = """
            {"name": "p", "mode": "RamRoleArn", "access_key_id": "K", "access_key_secret": "s",
             "ram_role_arn": "acs:ram::1:role/r", "ram_session_name": "me", "expired_seconds": 1800,
             "external_id": "x", "policy": "{\\"Version\\":\\"1\\"}", "sts_region": "cn-hangzhou", "enable_vpc": true}
            """
        #expect(try await ask(profile, lab) == "ROLE")
        let request = try #require(lab.requests.first)
        #expect(request.url.hasPrefix("https://sts-vpc.cn-hangzhou.aliyuncs.com/?"))
        let sent = request.parameters
        #expect(sent["RoleArn"] == "acs:ram::1:role/r")
        #expect(sent["RoleSessionName"] == "me")
        #expect(sent["DurationSeconds"] == "1800")
        #expect(sent["ExternalId"] == "x")
        #expect(sent["Policy"] == #"{"Version":"1"}"#)
        #expect(sent["AccessKeyId"] == "K")
    }

    @Test func `a chain of profiles is followed, and a circle is reported`() async throws {
        let lab = try CredentialLab { .role($0.parameters["AccessKeyId"] == "K" ? "FIRST" : "SECOND") }
        func link(_ name: String, _ source: String) -> String {
            #"{"name":"\#(name)","mode":"ChainableRamRoleArn","ram_role_arn":"acs:ram::1:role/\#(name)","source_profile":"\#(source)"}"#
        }
        let root = #"{"name":"root","mode":"AK","access_key_id":"K","access_key_secret":"s"}"#
        #expect(try await ask([link("p", "q"), link("q", "root"), root].joined(separator: ","), lab) == "SECOND")
        #expect(lab.requests.map { $0.parameters["RoleArn"] } == ["acs:ram::1:role/q", "acs:ram::1:role/p"])
        #expect(
            try await ask([link("p", "q"), link("q", "p")].joined(separator: ","), lab).contains("p -> q -> p"))
        #expect(
            try await ask(link("p", "absent"), lab).contains(
                ", profile p: source_profile names a profile that does not exist; the profiles are: p"))
    }

    @Test(arguments: ["ram_session_name", "role_session_name"])
    func `OIDC reads either name of the session`(key: String) async throws {
        let lab = try CredentialLab { _ in .role("ROLE") }
        let token = try lab.write("token", "ey.1")
        let profile = """
            {"name":"p","mode":"OIDC","ram_role_arn":"acs:ram::1:role/r","oidc_provider_arn":"acs:ram::1:oidc-provider/k",
             "oidc_token_file":"\(token)","\(key)":"me"}
            """
        #expect(try await ask(profile, lab) == "ROLE")
        #expect(lab.requests.first?.parameters["RoleSessionName"] == "me")
    }

    @Test func `EcsRamRole and CredentialsURI`() async throws {
        let lab = try CredentialLab { request in
            request.url.hasSuffix("/security-credentials/named") || request.url.hasSuffix("/keys")
                ? .key("KEY") : .text("tok")
        }
        #expect(try await ask(#"{"name":"p","mode":"EcsRamRole","ram_role_name":"named"}"#, lab) == "KEY")
        #expect(try await ask(#"{"name":"p","mode":"CredentialsURI","credentials_uri":"http://h/keys"}"#, lab) == "KEY")
    }

    @Test func `a program that prints keys is run, without a shell`() async throws {
        let lab = try CredentialLab()
        let program = try lab.write(
            "keys.sh",
            "printf '{\"mode\":\"StsToken\",\"access_key_id\":\"'$#'-%s\",\"access_key_secret\":\"s\",\"sts_token\":\"t\"}' \"$1\"\n"
        )
        let profile = #"{"name":"p","mode":"External","process_command":"/bin/sh \#(program) $HOME"}"#
        let file = try lab.write("config.json", config(profile))
        #expect(await lab.ask(.profile(name: nil, file: file)) == "1-$HOME")
        #expect(
            await lab.ask(.profile(name: nil, file: file), ["ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS": "true"])
                .contains("forbids"))
        try "exit 3\n".write(toFile: program, atomically: false, encoding: .utf8)
        #expect(await lab.ask(.profile(name: nil, file: file)).contains("ended with status 3"))
        #expect(
            try await ask(#"{"name":"p","mode":"External","process_command":"/no/such/program"}"#, lab)
                .contains("cannot be started: No such file"))
    }

    @Test(arguments: ["OAuth", "CloudSSO"])
    func `what a login left behind is used while it is good`(mode: String) async throws {
        let lab = try CredentialLab()
        let end = CredentialLab.now.milliseconds / 1000 + 600
        let file = try lab.write(
            "config.json",
            config(
                #"{"name":"p","mode":"\#(mode)","access_key_id":"K","access_key_secret":"s","sts_token":"t","sts_expiration":\#(end)}"#
            ))
        let provider = lab.provider(.profile(name: nil, file: file))
        #expect(await provider.id() == "K")
        let later = CredentialLab.now.advanced(by: .seconds(601))
        #expect(await provider.id(at: later).contains("log in again with `aliyun configure`"))
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let profile: String
        let words: String

        var testDescription: String { words }
    }

    static let faults = [
        Fault(
            profile: #"{"name":"p","mode":"BearerToken"}"#,
            words: ", profile p: mode has an unsupported value; write one of AK, StsToken,"),
        Fault(
            profile: #"{"name":"p","mode":"AK","access_key_id":"K"}"#,
            words: ", profile p: access_key_secret is missing"),
        Fault(
            profile: #"{"name":"p","mode":"AK","access_key_id":"","access_key_secret":"s"}"#,
            words: ", profile p: access_key_id is missing"),
        Fault(
            profile: #"{"name":"q","mode":"AK"}"#,
            words: "has \"current\" set to a profile that does not exist; its profiles are: q"),
        Fault(profile: #"{"name":"p" "mode"}"#, words: "is not valid JSON"),
    ]

    @Test(arguments: faults)
    func `says what a profile lacks`(fault: Fault) async throws {
        let lab = try CredentialLab()
        let words = try await ask(fault.profile, lab)
        #expect(words.contains(fault.words), "\(words)")
        #expect(words.contains(lab.file("config.json")), "\(words)")
    }

    // MARK: - The ini file

    @Test func `an ini value ends at a hash, and much else is let pass`() async throws {
        let lab = try CredentialLab { _ in .role("ROLE") }
        let file = try lab.write(
            "creds.ini",
            """
            \u{FEFF}; written by hand
            [default]
            Type = access_key   # the kind
            access_key_id: K#comment
            access_key_secret =  s=s

            [ role ]
            type = ram_role_arn
            access_key_id = K
            access_key_secret = s
            role_arn = acs:ram::1:role/r
            role_session_name = me
            policy = {"Version":"1"}
            [odd]
            type = rsa_key_pair
            """)
        let credentials = try await lab.provider(.profile(name: nil, file: file)).credentials(at: CredentialLab.now)
        #expect(credentials.accessKeyID == "K")
        #expect(credentials.accessKeySecret == "s=s")
        #expect(await lab.ask(.profile(name: "role", file: file)) == "ROLE")
        #expect(lab.requests.first?.parameters["Policy"] == #"{"Version":"1"}"#)
        #expect(
            await lab.ask(.profile(name: "odd", file: file)).contains(
                ", section [odd]: type has an unsupported value; write one of access_key, sts,"))
        #expect(
            await lab.ask(.profile(name: "none", file: file)).contains(
                "has no section of the name set in credentials.name or ALIBABA_CLOUD_PROFILE; its sections are: default, "
                    + "odd, role"))
    }

    // MARK: - Files that change

    @Test func `a file that changed is read again`() async throws {
        let lab = try CredentialLab()
        func ak(_ id: String) -> String {
            #"{"name":"p","mode":"AK","access_key_id":"\#(id)","access_key_secret":"s"}"#
        }
        let file = try lab.write("config.json", config(ak("OLD")))
        let provider = lab.provider(.profile(name: nil, file: file))
        #expect(await provider.id() == "OLD")
        try lab.write("config.json", config(ak("NEW")))
        #expect(await provider.id() == "NEW")
        try FileManager.default.removeItem(atPath: file)
        #expect(await provider.id().contains("there is no profile file \(file)"))
        try lab.write("config.json", config(ak("BACK")))
        #expect(await provider.id() == "BACK")
    }

    @Test func `a profile whose file stays the same asks STS once`() async throws {
        let lab = try CredentialLab { _ in .role("ROLE") }
        let file = try lab.write(
            "c.json",
            config(
                #"{"name":"p","mode":"RamRoleArn","access_key_id":"K","access_key_secret":"s","ram_role_arn":"acs:ram::1:role/r"}"#
            ))
        let provider = lab.provider(.profile(name: nil, file: file))
        for _ in 0..<5 { #expect(await provider.id() == "ROLE") }
        #expect(lab.requests.count == 1)
    }
}
