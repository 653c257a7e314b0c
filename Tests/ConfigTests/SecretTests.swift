import Config
import Foundation
import Model
import Testing

struct SecretTests {
    @Test func `a file is read anew at each use, less its trailing newline`() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "token")
            let reading = SecretReading(environment: HostEnvironment(variables: [:]))
            let secret = Secret(.file(file.path))
            for (content, value) in [
                ("one\n", "one"), ("two\r\n", "two"), ("three", "three"), ("four\n\n", "four\n"), ("fi\tve", "fi\tve"),
            ] {
                try content.write(to: file, atomically: true, encoding: .utf8)
                #expect(try reading.reader(secret) == value)
            }
        }
    }

    @Test func `a credential is a file in the unit's directory`() throws {
        try withTemporaryFolder { folder in
            try "s3cret\n".write(to: folder.appending(path: "key"), atomically: true, encoding: .utf8)
            let environment = HostEnvironment(variables: ["CREDENTIALS_DIRECTORY": folder.path])
            let reading = SecretReading(environment: environment)
            #expect(try reading.read(Secret(.credential("key"))) == "s3cret")
            let error = #expect(throws: SecretError.self) { try reading.read(Secret(.credential("other"))) }
            #expect(error?.message.contains("LoadCredential=other:PATH") == true)
            #expect(error?.isOutsideUnit == false)
        }
    }

    @Test func `errors name the place and never the value`() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "token")
            try Data([0x73, 0x33, 0xFF]).write(to: file)
            let reading = SecretReading(environment: HostEnvironment(variables: ["NONE": ""]))
            let expected: [(Secret.Source, String)] = [
                (.file(file.path), "the file \(file.path) is not UTF-8 text"),
                (.file("/nonexistent"), "the file /nonexistent does not exist"),
                (.file("/"), "the file / is a folder, not a file"),
                (.environment("NONE"), "the variable NONE is empty"),
                (.environment("MISSING"), "the variable MISSING is not set"),
            ]
            for (source, message) in expected {
                let error = #expect(throws: SecretError.self) { try reading.read(Secret(source)) }
                #expect(error?.description == message)
            }
        }
    }

    @Test(arguments: [
        ("one\ntwo\n", "contains more than one line"), ("one\r\ntwo", "contains more than one line"),
        ("\u{0}one", "a control character (U+0000)"), ("o\u{1B}ne\n", "a control character (U+001B)"),
        ("one\u{7F}", "a control character (U+007F)"), ("one\u{2060}", "a zero-width character (U+2060)"),
    ])
    func `a secret is one line without anything that nobody sees, wherever it is`(text: String, words: String) throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "token")
            try text.write(to: file, atomically: true, encoding: .utf8)
            let environment = HostEnvironment(variables: ["CREDENTIALS_DIRECTORY": folder.path, "TOKEN": text])
            let reading = SecretReading(environment: environment)
            for source in [Secret.Source.file(file.path), .environment("TOKEN"), .credential("token")] {
                let error = #expect(throws: SecretError.self) { try reading.read(Secret(source)) }
                #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
            }
        }
    }

    /// Certificates and keys have lines, and may have words before them, as `openssl x509 -text` writes them.
    @Test(arguments: [
        "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n",
        "Certificate:\r\n\tVersion: 3\r\n-----BEGIN PRIVATE KEY-----\r\nAA==\r\n-----END PRIVATE KEY-----\r\n\r\n",
    ])
    func `PEM may have lines, wherever it is`(text: String) throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "web.pem")
            try text.write(to: file, atomically: true, encoding: .utf8)
            let environment = HostEnvironment(variables: ["CREDENTIALS_DIRECTORY": folder.path, "WEB": text])
            let reading = SecretReading(environment: environment)
            for source in [Secret.Source.file(file.path), .environment("WEB"), .credential("web.pem")] {
                #expect(try reading.read(Secret(source)).trimmed == text.trimmed)
            }
            try "\u{1B}\(text)".write(to: file, atomically: true, encoding: .utf8)
            #expect(throws: SecretError.self) { try reading.read(Secret(.file(file.path))) }
        }
    }

    @Test func `a status page's certificate and key are taken from files with lines`() throws {
        try withTemporaryFolder { folder in
            let (cert, key) = (folder.appending(path: "c.pem"), folder.appending(path: "k.pem"))
            try "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n".write(
                to: cert, atomically: true, encoding: .utf8)
            try "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n".write(
                to: key, atomically: true, encoding: .utf8)
            let text =
                #"{"api": {"region": "cn-beijing"}, "clusters": ["pm-1"], "web": {"tls": {"cert": {"file": "\#(cert.path)"}, "key": {"file": "\#(key.path)"}}}}"#
            // Throws for a mistake.
            #expect(try load(text).settings.web.tls != nil)
        }
    }

    @Test func `a source that is a variable is a mistake, and one with a variable in it a warning`() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "token")
            let text =
                #"{"api": {"region": "cn-beijing"}, "clusters": ["pm-1"], "targets": {"t": {"url": "https://x.example.com/", "secret": {"file": "\#(file.path)"}}}}"#
            func findings(_ content: String) throws -> [Finding] {
                try content.write(to: file, atomically: true, encoding: .utf8)
                do throws(ConfigError) { return try load(text).findings } catch { return error.findings }
            }
            let variable = try findings("${TOKEN}\n")
            #expect(variable.first?.message.contains("contains a placeholder such as ${NAME}") == true, "\(variable)")
            #expect(variable.map(\.severity) == [.mistake])
            #expect(try findings("$DING_TOKEN").map(\.severity) == [.mistake])
        }
        let url = #"{"api": {"region": "cn-beijing"}, "clusters": ["pm-1"], "targets": {"t": {"url": {"env": "URL"}}}}"#
        let partly = try load(url, variables: ["URL": "https://x.example.com/?token=${TOKEN}"])
        #expect(partly.findings.map(\.severity) == [.warning])
        #expect(try load(url, variables: ["URL": "https://x.example.com/?p=$x"]).findings.isEmpty)
    }

    @Test func `a key in the config itself has no hidden character`() throws {
        let text =
            #"{"api": {"region": "cn-beijing", "credentials": {"type": "access_key", "access_key_id": "k\u200B", "access_key_secret": "s"}}, "clusters": ["pm-1"]}"#
        let error = #expect(throws: ConfigError.self) { try load(text) }
        #expect(error?.description.contains("access_key_id: contains a zero-width character (U+200B)") == true)
    }

    @Test func `a secret in the file is shown to others by nothing that is printed`() throws {
        let secret = "TOP-SECRET-VALUE"
        let texts = [
            #"{"targets": {"t": {"url": "ftp://\#(secret)/"}}}"#,
            #"{"targets": {"t": {"url": "\#(secret)"}}}"#,
            #"{"targets": {"t": {"url": "https://x/ \#(secret)"}}}"#,
            #"{"targets": {"t": {"url": "https://x/", "secret": "\#(secret)"}}}"#,
            #"{"targets": {"t": {"url": "https://x/", "token": "\#(secret)"}}}"#,
            #"{"targets": {"t": {"url": "https://x/", "proxy": "\#(secret)"}}}"#,
            #"{"targets": {"t": {"url": "https://x/", "headers": "\#(secret)"}}}"#,
            #"{"api": {"credentials": "\#(secret)"}}"#,
            #"{"api": {"credentials": {"type": "access_key", "access_key_id": "\#(secret)"}}}"#,
            #"{"api": {"credentials": {"type": "access_key", "access_key_id": {"env": "\#(secret)\n"}}}}"#,
        ]
        for text in texts {
            let error = #expect(throws: ConfigError.self) { try load(text, permissions: 0o644) }
            let lines = (error?.findings ?? []).map { $0.line(file: "f") }.joined(separator: "\n")
            #expect(!lines.contains(secret), "\(lines)")
        }
    }

    @Test(
        arguments: [(0o600, nil), (0o640, .note), (0o644, .warning), (0o604, .warning)] as [(UInt32, Finding.Severity?)]
    )
    func `secrets in a file that others can read are reported`(permissions: UInt32, severity: Finding.Severity?) throws
    {
        let text =
            #"{"api": {"region": "cn-beijing"}, "clusters": ["pm-1"], "targets": {"t": {"url": "https://hooks.slack.com/x"}}}"#
        let loaded = try load(text, permissions: permissions)
        #expect(loaded.findings.map(\.severity) == (severity.map { [$0] } ?? []))
        #expect(loaded.lines.allSatisfy { $0.contains("targets.t.url") })
    }

    @Test(arguments: [
        #"{"type": "alertmanager", "url": "http://am:9093"}"#, #"{"url": {"env": "URL"}}"#,
        #"{"type": "ntfy", "url": "https://ntfy.sh", "topic": "x"}"#, #"{"type": "systemd"}"#,
        #"{"url": {"env": "URL"}, "headers": {"X-Team": "nlp"}, "proxy": "http://p:3128"}"#,
    ])
    func `what hides nothing may be read by others`(target: String) throws {
        let text = #"{"api": {"region": "cn-beijing"}, "clusters": ["pm-1"], "targets": {"t": \#(target)}}"#
        #expect(try load(text, variables: ["URL": "https://a.example.com/"], permissions: 0o644).findings.isEmpty)
    }

    @Test func `a credential that cannot be there is a note outside the unit and a mistake inside`() throws {
        let text =
            """
            {"api": {"region": "cn-beijing", "credentials": {"type": "access_key", "access_key_id": {"credential": "id"},
             "access_key_secret": {"credential": "key"}}}, "clusters": ["pm-1"]}
            """
        #expect(try load(text).findings.map(\.severity) == [.note, .note])
        let error = #expect(throws: ConfigError.self) { try load(text, purpose: .service) }
        #expect(error?.mistakes.count == 2)
        // Inside a unit the directory is there, and what is not in it is a mistake for everybody.
        #expect(throws: ConfigError.self) { try load(text, variables: ["CREDENTIALS_DIRECTORY": "/nonexistent"]) }
    }
}

/// Runs `body` with a folder of its own, which is removed afterwards.
func withTemporaryFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "polarai-config-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
}
