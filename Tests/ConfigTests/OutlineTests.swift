import Alerts
import Foundation
import Glibc
import Model
import Testing

@testable import Config

/// What commands read of a config that only need the database.
struct OutlineTests {
    private func outline(_ text: String, variables: [String: String] = [:]) throws -> ConfigOutline {
        var outline: ConfigOutline?
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "config.json")
            try text.write(to: file, atomically: true, encoding: .utf8)
            outline = try ConfigLoader(
                environment: HostEnvironment(variables: variables), targets: TargetRegistry.builtIn.table
            ).outline(file.path)
        }
        return try #require(outline)
    }

    @Test(arguments: [
        #"{"api": {"credentials": {"type": "access_key", "access_key_id": {"env": "NOT_SET"}, "access_key_secret": {"file": "/root/none"}}},"#,
        #"{"targets": {"t": {"url": {"credential": "x"}}},"#, #"{"targets": {"t": {"url": "ftp://x"}}, "clusters": 7,"#,
        #"{"api": {"ca_file": "/nonexistent", "region": "Beijing"}, "rotues": [],"#,
        #"{"accounts": {"b": {"credentials": {"type": "profile", "file": "/nonexistent"}}},"#,
    ])
    func `secrets that cannot be read and mistakes elsewhere do not matter`(start: String) throws {
        let outline = try outline(start + #" "storage": {"path": "/srv/polarai/history.db", "keep": "30d"}}"#)
        #expect(outline.storage == StorageSettings(path: "/srv/polarai/history.db", keep: .seconds(30 * 86_400)))
    }

    @Test func `the address of a database is read by whoever connects`() throws {
        let secret = Secret(.credential("database"))
        let storage = try outline(#"{"storage": {"url": {"credential": "database"}, "keep": "7d"}}"#).storage
        #expect(storage == StorageSettings(place: .postgres(secret), keep: .seconds(7 * 86_400)))
        #expect(storage.path == nil)
    }

    @Test func `without a path the database is where systemd says, else in the usual place`() throws {
        #expect(
            try outline("{}", variables: ["STATE_DIRECTORY": "/srv/state:/b"]).storage.path == "/srv/state/polarai.db")
        #expect(try outline("{}").storage.path == "/var/lib/polarai/polarai.db")
    }

    @Test func `a relative path begins at the config's folder`() throws {
        let path = try #require(outline(#"{"storage": {"path": "db/h.db"}}"#).storage.path)
        #expect(path.hasPrefix("/") && path.hasSuffix("/db/h.db"))
    }

    @Test func `targets are named, the built-in one if there is no other`() throws {
        #expect(try outline(#"{"targets": {"chat": {"url": 1}, "ops": null}}"#).targetNames == ["chat", "ops"])
        #expect(try outline("{}").targetNames == ["systemd"])
        #expect(try outline(#"{"targets": {"https://h.example.com/T0/SECRET": {}, "ops": {}}}"#).targetNames == ["ops"])
        #expect(try outline(#"{"targets": {"https://h.example.com/T0/SECRET": {}}}"#).targetNames.isEmpty)
    }

    @Test(arguments: [
        (#"{"storage": {"path": "/a", "url": "postgresql://h/d"}}"#, "storage.url: cannot be set together with path"),
        (#"{"storage": {"path": ""}}"#, "storage.path: is an empty string"),
        (#"{"storage": "/x"}"#, "storage: is a string"),
        (#"{"storage": {"path": "/a"}, "storage": {"path": "/b"}}"#, "storage: appears again on line 1"),
        (#"{"storage": {"path": "/a", "path": "/b"}}"#, "storage.path: appears again on line 1"),
        (#"{"storage": {"path": "/a"}"#, "line 1, column"), ("[]", "is a list"),
    ])
    func `where the database is must be clear`(text: String, words: String) throws {
        let error = #expect(throws: ConfigError.self) { try outline(text) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }
}
