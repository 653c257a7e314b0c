import Config
import Foundation
import Glibc
import Model
import Testing

/// The file itself: where it is, what it points to, who can read it.
struct FileTests {
    private let loader = ConfigLoader(environment: HostEnvironment(variables: [:]))

    @Test func `a file that is not there`() {
        let error = #expect(throws: ConfigError.self) { try loader.load("/nonexistent/config.json") }
        #expect(
            error?.description
                == "/nonexistent/config.json: does not exist; write a config there, or name another one with --config")
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
            #expect(error?.description.contains("may not be read by this user") == true)
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
            try "nothing".write(to: file, atomically: true, encoding: .utf8)
            let error = #expect(throws: ConfigError.self) { try load(text, path: path) }
            #expect(error?.mistakes.count == 2)
        }
    }
}
