import Foundation
import Glibc
import HTTPTransport
import Model
import PolarDB
import TestSupport
import Testing

/// What a check of the config finds in a profile file and in what the file points to, before any poll fails because of it.
struct ProfileInspectionTests {
    private let home: TemporaryFolder

    init() throws {
        home = try TemporaryFolder()
        try home.write("token", "ey.1")
        try home.write("two tokens", "ey.1\ney.2\n")
        try home.write("empty", "\n")
        try FileManager.default.createDirectory(atPath: home.file("bin"), withIntermediateDirectories: false)
        try home.write("bin/keys", "#!/bin/sh\n")
        try home.write("bin/plain", "#!/bin/sh\n")
        guard chmod(home.file("bin/keys"), 0o755) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    /// A profile `p` with these members; `~` is the home folder.
    private func complaint(_ members: String, _ environment: [String: String] = [:]) throws -> String? {
        let text = #"{"current": "p", "profiles": [{"name": "p", \#(members)}]}"#
        let file = try home.write("config.json", text.replacingOccurrences(of: "~", with: home.path))
        let variables = ["PATH": home.file("bin") + ":/bin"].merging(environment) { $1 }
        return ProfileInspection(environment: variables).complaint(about: nil, in: file)
    }

    @Test(arguments: [
        (#""mode": "External", "process_command": "~/bin/keys --all""#),
        (#""mode": "external", "process_command": "keys 'of mine'""#),
        (#""mode": "External", "process_command": "sh -c 'exit 1'""#),
        (#""mode": "OIDC", "ram_role_arn": "r", "oidc_provider_arn": "o", "oidc_token_file": "~/token""#),
        (#""mode": "CredentialsURI", "credentials_uri": "http://127.0.0.1:8080/keys?role=x""#),
        (#""mode": "AK", "access_key_id": " LTAI \n", "access_key_secret": "s", "expired_seconds": "soon""#),
        (#""mode": "RamRoleArn", "access_key_id": "k", "access_key_secret": "s", "ram_role_arn": "r", "expired_seconds": 0"#),
        (#""mode": "RamRoleArn", "access_key_id": "k", "access_key_secret": "s", "ram_role_arn": "r", "expired_seconds": 900"#),
        (#""mode": "EcsRamRole", "ram_role_name": "Watcher-2""#), (#""mode": "EcsRamRole""#),
    ])
    func `what works is not complained about`(members: String) throws {
        #expect(try complaint(members) == nil)
    }

    @Test(arguments: [
        (
            #""mode": "External", "process_command": "~/bin/none""#,
            ", profile p: the program of process_command does not exist"
        ),
        (#""mode": "External", "process_command": "no-such-helper""#, "is not in any folder of PATH"),
        (#""mode": "External", "process_command": "~/bin""#, "is a folder, not a program"),
        (#""mode": "External", "process_command": "keys 'open""#, "a quote in it is not closed"),
        (#""mode": "External", "process_command": "'' x""#, "names no program"),
        (
            #""mode": "OIDC", "ram_role_arn": "r", "oidc_provider_arn": "o", "oidc_token_file": "~/none""#,
            "none does not exist"
        ),
        (
            #""mode": "OIDC", "ram_role_arn": "r", "oidc_provider_arn": "o", "oidc_token_file": "~/two tokens""#,
            "must contain exactly one token"
        ),
        (
            #""mode": "OIDC", "ram_role_arn": "r", "oidc_provider_arn": "o", "oidc_token_file": "~/empty""#, "is empty"
        ),
        (
            #""mode": "CredentialsURI", "credentials_uri": "file:///keys""#,
            ", profile p: credentials_uri is not a URL"
        ),
        (#""mode": "CredentialsURI", "credentials_uri": "localhost:80""#, "is not a URL"),
        (#""mode": "CredentialsURI", "credentials_uri": "https://""#, "is not a URL"),
        (
            #""mode": "RamRoleArn", "access_key_id": "k", "access_key_secret": "s", "ram_role_arn": "r", "expired_seconds": -60"#,
            ", profile p: expired_seconds is not a whole number from 900 to 43200"
        ),
        (
            #""mode": "RamRoleArn", "access_key_id": "k", "access_key_secret": "s", "ram_role_arn": "r", "expired_seconds": "1h""#,
            "is not a whole number"
        ),
        (
            #""mode": "RamRoleArn", "access_key_id": "k", "access_key_secret": "s", "ram_role_arn": "r", "expired_seconds": 90000"#,
            "is not a whole number"
        ),
        (
            #""mode": "StsToken", "access_key_id": "k", "access_key_secret": "s", "sts_token": "t\u2060oken""#,
            ", profile p: sts_token contains a character that does not belong there (U+2060)"
        ),
        (
            #""mode": "AK", "access_key_id": "k k", "access_key_secret": "s""#,
            ", profile p: access_key_id contains a space"
        ),
        (#""mode": "EcsRamRole", "ram_role_name": "a/b""#, "is not the name of a RAM role"),
    ])
    func `what cannot work is named with its profile and its key`(members: String, words: String) throws {
        let complaint = try complaint(members)
        #expect(complaint?.contains(words) == true, "\(complaint ?? "nothing")")
        #expect(complaint?.contains(home.file("config.json")) == true, "\(complaint ?? "nothing")")
    }

    @Test(.enabled(if: geteuid() != 0)) func `a program without the right to run`() throws {
        let complaint = try complaint(#""mode": "External", "process_command": "~/bin/plain""#)
        #expect(complaint?.contains("may not be executed by this user") == true, "\(complaint ?? "nothing")")
    }

    @Test func `a program that the environment forbids, and a profile that it names`() throws {
        let program = #""mode": "External", "process_command": "keys""#
        #expect(try complaint(program) == nil)
        #expect(
            try complaint(program, ["ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS": "true"])?.contains("forbids") == true)
        #expect(
            try complaint(program, ["ALIBABA_CLOUD_PROFILE": "other"])?.contains("has no profile of the name") == true)
    }

    @Test func `a source is looked at, too, and the sections of an ini file`() throws {
        let file = try home.write(
            "config.json",
            """
            {"current": "p", "profiles": [
             {"name": "p", "mode": "ChainableRamRoleArn", "ram_role_arn": "r", "source_profile": "pod"},
             {"name": "pod", "mode": "OIDC", "ram_role_arn": "r", "oidc_provider_arn": "o", "oidc_token_file": "/none/t"}]}
            """)
        let inspection = ProfileInspection(environment: [:])
        #expect(inspection.complaint(about: nil, in: file)?.contains("the OIDC token file does not exist") == true)
        let ini = try home.write(
            "credentials",
            "[a]\ntype=oidc_role_arn\nrole_arn=r\noidc_provider_arn=o\noidc_token_file_path=/none/u\n[b]\ntype=access_key\n"
                + "access_key_id=k\u{200B}\naccess_key_secret=s\n")
        #expect(inspection.complaint(about: "a", in: ini)?.contains("the OIDC token file does not exist") == true)
        #expect(inspection.complaint(about: "b", in: ini)?.contains("(U+200B)") == true)
    }

    /// A token or key in the place of a path is not repeated.
    @Test(arguments: ["/run/eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.Q2hL", "wJalrXUtnFEMI7MDENGbPxRfiCY/tulip9Zk3v"])
    func `what stands in the place of a file is not repeated`(secret: String) throws {
        let file = try home.write(
            "secret.json",
            """
            {"current": "p", "profiles": [
             {"name": "p", "mode": "OIDC", "ram_role_arn": "r", "oidc_provider_arn": "o", "oidc_token_file": "\(secret)"}]}
            """)
        let inspection = ProfileInspection(environment: [:])
        for complaint in [inspection.complaint(about: nil, in: file), inspection.complaint(about: nil, in: secret)] {
            let words = try #require(complaint)
            #expect(!words.contains(secret.split(separator: "/").last ?? ""), "\(words)")
        }
    }
}

/// Words that may be secrets in the wrong places, in the form of ordinary words: none is repeated.
struct ProfileWordsTests {
    private static let secrets = ["zq9secretword77klm", "hunter2", "CorrectHorseBattery", "a1b2c3"]

    /// `@` stands for the secret.
    private static let files = [
        #"{"current": "p", "profiles": [{"name": "p", "mode": "@"}]}"#,
        #"{"current": "@", "profiles": [{"name": "p", "mode": "AK"}]}"#,
        #"{"current": "p", "profiles": [{"name": "p", "mode": "ChainableRamRoleArn", "ram_role_arn": "r", "source_profile": "@"}]}"#,
        #"{"current": "p", "profiles": [{"name": "p", "mode": "CredentialsURI", "credentials_uri": "ftp://@"}]}"#,
        #"{"current": "p", "profiles": [{"name": "p", "mode": "CredentialsURI", "credentials_uri": "@"}]}"#,
        #"{"current": "p", "profiles": [{"name": "p", "mode": "External", "process_command": "@ 'x"}]}"#,
        #"{"current": "p", "profiles": [{"name": "p", "mode": "External", "process_command": "/none/@"}]}"#,
        #"{"current": "p", "profiles": [{"name": "p", "mode": "EcsRamRole", "ram_role_name": "@"}]}"#,
        #"{"current": "p", "profiles": [{"name": "p", "mode": "RamRoleArn", "access_key_id": "k", "access_key_secret": "s", "ram_role_arn": "r", "expired_seconds": "@"}]}"#,
        #"{"current": "p", "profiles": [{"name": "p", "mode": "RamRoleArn", "access_key_id": "k", "access_key_secret": "s", "ram_role_arn": "r", "sts_endpoint": "http://@/"}]}"#,
        "[default]\ntype = @\n", "[default]\ntype = ecs_ram_role\nrole_name = @\n",
        "[default]\ntype = ram_role_arn\naccess_key_id = k\naccess_key_secret = s\nrole_arn = r\nsts_region = @_\n",
    ]

    @Test(arguments: secrets, files.indices)
    func `no failure repeats them`(secret: String, index: Int) async throws {
        let lab = try CredentialLab { request in
            request.url.hasSuffix("/token") ? .text("tok") : .text("not here", status: 404)
        }
        let file = try lab.write("config.json", Self.files[index].replacingOccurrences(of: "@", with: secret))
        for name in [nil, secret] as [String?] {
            let asked = await lab.ask(.profile(name: name, file: file))
            #expect(!asked.isEmpty && !asked.lowercased().contains(secret.lowercased()), "\(asked)")
            let inspected = ProfileInspection(environment: [:]).complaint(about: name, in: file) ?? ""
            #expect(!inspected.lowercased().contains(secret.lowercased()), "\(inspected)")
        }
    }

    @Test(arguments: secrets) func `nor what a metadata service or a helper answers`(secret: String) async throws {
        let lab = try CredentialLab { request in
            request.url.hasSuffix("/token") || request.url.hasSuffix("/security-credentials/")
                ? .text("watcher") : .text(#"{"Code": "\#(secret)", "Message": "\#(secret)"}"#)
        }
        for settings in [
            CredentialSettings.ecsRAMRole(roleName: nil, metadataEndpoint: nil),
            .ecsRAMRole(roleName: secret, metadataEndpoint: nil), .uri(Secret(.literal("http://127.0.0.1/keys"))),
        ] {
            let words = await lab.ask(settings)
            #expect(words.contains(#""Code" is not Success"#), "\(words)")
            #expect(!words.contains(secret), "\(words)")
        }
    }
}
