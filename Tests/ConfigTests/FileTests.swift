import Alerts
import Files
import Foundation
import Glibc
import Model
import Testing

@testable import Config

/// The file itself: where it is, what it points to, who can read it.
struct FileTests {
    private let loader = ConfigLoader(
        environment: HostEnvironment(variables: [:]), targets: TargetRegistry.builtIn.table)

    @Test func `a file that is not there`() {
        let error = #expect(throws: ConfigError.self) { try loader.load("/nonexistent/config.json") }
        #expect(
            error?.description
                == "/nonexistent/config.json: does not exist; create it, or name another file with --config")
    }

    @Test func `a folder`() {
        let error = #expect(throws: ConfigError.self) { try loader.load("/tmp") }
        #expect(error?.description == "/tmp: is a folder, not a file")
    }

    @Test func `a device is not read`() {
        let error = #expect(throws: ConfigError.self) { try loader.load("/dev/zero") }
        #expect(error?.description == "/dev/zero: is a device, not a regular file")
    }

    @Test(.enabled(if: geteuid() != 0, "root can read every file"))
    func `a file that may not be read`() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "config.json").path
            #expect(
                FileManager.default.createFile(
                    atPath: file, contents: Data("{}".utf8), attributes: [.posixPermissions: 0]))
            let error = #expect(throws: ConfigError.self) { try loader.load(file) }
            #expect(error?.description.contains("cannot be read by this user") == true)
        }
    }

    @Test func `a named pipe that nobody writes to does not hang the reload`() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "config.json").path
            #expect(mkfifo(file, 0o600) == 0)
            let error = #expect(throws: ConfigError.self) { try loader.load(file) }
            #expect(error?.description == "\(file): is empty; the smallest config is {}")
        }
    }

    @Test func `a named pipe is refused as a secret, however silent its writer is`() throws {
        try withTemporaryFolder { folder in
            let pipe = folder.appending(path: "token").path
            #expect(mkfifo(pipe, 0o600) == 0)
            let writer = open(pipe, O_RDWR | O_CLOEXEC)
            #expect(writer >= 0)
            defer { close(writer) }
            let error = #expect(throws: FileFault.self) { try FileContent(path: pipe, maximumSize: 1000) }
            #expect(error?.cause == .notRegular("a named pipe"))
        }
    }

    @Test(arguments: [
        ("\u{FEFF}s3cret", "a byte order mark (U+FEFF) at its start"),
        ("s3c\u{200B}ret", "a zero-width character (U+200B) at character 4"),
        ("s3cret\u{A0}", "a no-break space (U+00A0) at character 7"),
        ("\u{202A}s3cret", "an invisible character (U+202A) at its start"),
    ])
    func `a character that nobody sees in a secret's file is named`(content: String, words: String) throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "token")
            try Data(content.utf8).write(to: file)
            let text = #"{"targets": {"t": {"url": "https://x/", "headers": {"Authorization": {"file": "token"}}}}}"#
            let error = #expect(throws: ConfigError.self) {
                try load(text, path: folder.appending(path: "config.json").path)
            }
            #expect(error?.description.contains("contains \(words)") == true)
            #expect(error?.description.contains("s3c") == false)
            #expect(throws: SecretError.self) {
                try SecretReading(environment: HostEnvironment(variables: [:])).read(Secret(.file(file.path)))
            }
        }
    }

    @Test func `a token's file is read`() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "oidc.token")
            let text = """
                {"api": {"region": "cn-beijing", "credentials": {"type": "oidc_role_arn", "role_arn": "acs:ram::1:role/x",
                 "oidc_provider_arn": "acs:ram::1:oidc-provider/x", "oidc_token_file": "oidc.token"}}, "clusters": ["pm-1"]}
                """
            let path = folder.appending(path: "config.json").path
            try Data([0xFF, 0xFE, 0x41, 0]).write(to: file)
            let error = #expect(throws: ConfigError.self) { try load(text, path: path) }
            #expect(error?.description.contains("is UTF-16 text") == true)
            try Data("eyJhbGciOi.x.y\n".utf8).write(to: file)
            #expect(throws: Never.self) { try load(text, path: path) }
        }
    }

    @Test func `the mode of the file counts`() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "config.json").path
            let text =
                #"{"api": {"region": "cn-beijing"}, "clusters": ["pm-1"], "targets": {"t": {"url": "https://hooks.slack.com/x"}}}"#
            #expect(FileManager.default.createFile(atPath: file, contents: Data(text.utf8)))
            #expect(chmod(file, 0o644) == 0)
            let readable = try loader.load(file)
            #expect(readable.findings.map(\.severity) == [.warning])
            #expect(chmod(file, 0o600) == 0)
            let closed = try loader.load(file)
            #expect(closed.findings.isEmpty)
        }
    }

    @Test func `relative paths start at the folder of the config`() throws {
        try withTemporaryFolder { folder in
            let certificate = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"
            try certificate.write(to: folder.appending(path: "ca.pem"), atomically: true, encoding: .utf8)
            try "https://hooks.slack.com/x\n".write(
                to: folder.appending(path: "url"), atomically: true, encoding: .utf8)
            let file = folder.appending(path: "config.json")
            let text =
                """
                {"api": {"ca_file": "ca.pem"}, "storage": {"path": "h.db"}, "targets": {"t": {"url": {"file": "url"}}}}
                """
            try text.write(to: file, atomically: true, encoding: .utf8)
            let settings = try loader.load(file.path).settings
            #expect(settings.accounts[0].connection.caFile == folder.path + "/ca.pem")
            #expect(settings.storage.path == folder.path + "/h.db")
            #expect(settings.targets[0].urls == [Secret(.file(folder.path + "/url"))])
            #expect(settings.targets[0].kind == .slack)
        }
    }

    @Test func `a client certificate and its key are looked into`() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "both.pem")
            try "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n".write(
                to: file, atomically: true, encoding: .utf8)
            let text =
                #"{"targets": {"t": {"url": "https://a.example.com/", "client_cert": "both.pem", "client_key": "both.pem"}}}"#
            let path = folder.appending(path: "config.json").path
            #expect(throws: Never.self) { try load(text, path: path) }
            let alone = #"{"targets": {"t": {"url": "https://a.example.com/", "client_cert": "both.pem"}}}"#
            #expect(throws: Never.self) { try load(alone, path: path) }
            try "-----BEGIN CERTIFICATE-----\n".write(to: file, atomically: true, encoding: .utf8)
            let keyless = #expect(throws: ConfigError.self) { try load(alone, path: path) }
            #expect(keyless?.description.contains("t.client_cert: does not contain the private key") == true)
            try "nothing".write(to: file, atomically: true, encoding: .utf8)
            let error = #expect(throws: ConfigError.self) { try load(text, path: path) }
            #expect(error?.mistakes.count == 2)
        }
    }
}
