import Config
import Daemon
import Foundation
import TestSupport
import Testing

/// The config and the profile files that it points to.
struct ConfigLoaderHostTests {
    private func complaint(profile: String, name: String? = "watcher") throws -> String? {
        let folder = FileManager.default.temporaryDirectory.appending(path: "polarai-profile-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(profile.utf8).write(to: folder.appending(path: "profiles.json"))
        let named = name.map { ", \"name\": \"\($0)\"" } ?? ""
        let text = """
            {"api": {"region": "cn-beijing", "credentials": {"type": "profile", "file": "profiles.json"\(named)}},
             "clusters": ["pm-2ze9examp1e00001"]}
            """
        do {
            _ = try ConfigLoader.host(environment: HostEnvironment(variables: [:]))
                .load(Array(text.utf8), path: folder.appending(path: "config.json").path, permissions: 0o600)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `a good profile is taken`() throws {
        let profile =
            #"{"current": "watcher", "profiles": [{"name": "watcher", "mode": "AK", "access_key_id": "i", "access_key_secret": "s"}]}"#
        #expect(try complaint(profile: profile) == nil)
        #expect(try complaint(profile: profile, name: nil) == nil)
    }

    @Test(arguments: [
        #"{"profiles": [{"name": "other", "mode": "AK"}]}"#, #"{"profiles": [{"name": "watcher", "mode": "AK"}]}"#,
        #"{"profiles": [{"name": "watcher", "mode": "Telepathy"}]}"#, #"{"profiles": "#,
        "[default]\ntype = access_key\n", "",
    ])
    func `what is wrong with a profile is a mistake of the config`(profile: String) throws {
        let said = try #require(try complaint(profile: profile))
        #expect(said.contains("api.credentials.name: "))
        #expect(said.contains("profiles.json"))
    }

    @Test(arguments: [
        (
            #""access_key_secret": 12345678901234567890"#,
            ", profile watcher: access_key_secret is not a string"
        ),
        (
            #""access_key_id": true, "access_key_secret": "s""#,
            ", profile watcher: access_key_id is not a string"
        ),
        (
            #""access_key_id": "i", "access_key_secret": "${SECRET}""#,
            "access_key_secret contains a variable such as ${NAME}"
        ),
        (
            #""access_key_id": "{{ key }}", "access_key_secret": "s""#,
            "access_key_id contains a variable such as ${NAME}"
        ),
        (
            #""access_key_id": "i", "access_key_secret": "s", "sts_token": "x${TOKEN}y""#,
            "sts_token contains a variable"
        ),
    ])
    func `a value of a profile that cannot be one is a mistake, and is not quoted`(keys: String, words: String) throws {
        let said = try #require(
            try complaint(profile: #"{"profiles": [{"name": "watcher", "mode": "AK", \#(keys)}]}"#))
        #expect(said.contains(words), "\(said)")
        for secret in ["1234567", "SECRET}", "TOKEN", "{ key"] { #expect(!said.contains(secret)) }
    }

    @Test func `a variable in an ini file is a mistake`() throws {
        let said = try complaint(
            profile: "[watcher]\ntype = access_key\naccess_key_id = i\naccess_key_secret = ${ALIBABA_SECRET}\n")
        #expect(said?.contains(", section [watcher]: access_key_secret contains a variable") == true)
    }

    @Test(
        arguments: [
            (#"{\"text\": {{data.name}}"#, nil), (#"{\"text\": \"{{data.name}}\",}"#, nil),
            (#"[{{data.name}} {{data.to}}]"#, nil),
            (#"{\"text\": {{data.name}}-{{data.to}}}"#, nil), ("name: {{data.name}}", "application/json"),
        ] as [(String, String?)])
    func `a template that does not become JSON is a mistake of the config`(template: String, contentType: String?)
        throws
    {
        let headers = contentType.map { #", "headers": {"Content-Type": "\#($0)"}"# } ?? ""
        let text = #"{"targets": {"t": {"url": "https://ci.example.com/", "template": "\#(template)"\#(headers)}}}"#
        let error = #expect(throws: ConfigError.self) {
            try ConfigLoader.host(environment: HostEnvironment(variables: [:]))
                .load(Array(text.utf8), path: "config.json", permissions: 0o600)
        }
        #expect(error?.description.hasPrefix("config.json: targets.t.template: is not valid JSON") == true)
    }

    @Test func `a login that has expired is none: it may be renewed at any time`() throws {
        let profile = #"""
            {"profiles": [{"name": "watcher", "mode": "CloudSSO", "access_key_id": "i", "access_key_secret": "s",
              "sts_token": "t", "sts_expiration": 1700000000}]}
            """#
        #expect(try complaint(profile: profile) == nil)
    }

    private func storage(_ url: String) throws -> LoadedConfig {
        let text = #"{"api": {"region": "cn-beijing"}, "clusters": ["pm-1"], "storage": {"url": "\#(url)"}}"#
        return try ConfigLoader.host(environment: HostEnvironment(variables: [:]))
            .load(Array(text.utf8), path: "config.json", permissions: 0o600)
    }

    @Test(arguments: [
        "postgresql://watch:tulip-7@db.example.com:70000/d", "postgresql://watch:tulip-7@db.example.com/d?sslmode=on",
        "postgresql://watch:tulip-7@db.example.com/d?colour=red", "postgresql://watch:tulip-7@db example.com/d",
        "postgresql://watch:tulip-7@db.example.com/d?service=main",
    ])
    func `an address of a database that libpq cannot use is a mistake, and is not quoted`(url: String) throws {
        let error = #expect(throws: ConfigError.self) { try storage(url) }
        #expect(error?.description.hasPrefix("config.json: storage.url: ") == true)
        for word in ["tulip", "watch", "colour"] { #expect(error?.description.contains(word) == false) }
    }

    @Test func `a database on another host is verified unless the address says otherwise, which is a warning`() throws {
        for url in [
            "postgresql://watch:tulip-7@db.example.com,db2.example.com/d",
            "postgresql://watch@127.0.0.1/d?sslmode=disable",
            "postgresql:///d?host=/run/postgresql", "postgres://watch@db.example.com/d?sslrootcert=/etc/ca.pem",
        ] {
            #expect(try storage(url).findings.isEmpty, "\(url)")
        }
        for mode in ["disable", "prefer", "require", "verify-ca"] {
            let findings = try storage("postgresql://watch@db.example.com/d?sslmode=\(mode)").findings
            #expect(findings.map(\.severity) == [.warning])
            #expect(findings.first?.place == "storage.url")
        }
    }

    @Test func `an address with a password in a file that others can read is a warning`() throws {
        let text =
            #"{"clusters": ["pm-1"], "api": {"region": "cn-beijing"}, "storage": {"url": "postgresql://w:tulip@h/d"}}"#
        let loaded = try ConfigLoader.host(environment: HostEnvironment(variables: [:]))
            .load(Array(text.utf8), path: "config.json", permissions: 0o644)
        #expect(loaded.findings.contains { $0.severity == .warning && $0.message.contains("storage.url") })
    }
}
