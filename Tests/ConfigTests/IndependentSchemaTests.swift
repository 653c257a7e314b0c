import Config
import Foundation
import Model
import Testing

/// The schema as a validator of JSON Schema 2020-12 that is not ours reads it (python3-jsonschema).
struct IndependentSchemaTests {
    /// Mistakes that no schema can see: what names point to, what is on the disk, what a text means.
    private static let unseen: Set = [
        "cluster-duplicate-id", "cluster-duplicate-name", "cluster-name-is-an-id",
        "cluster-unknown-account", "cluster-without-region", "cluster-without-region-in-account",
        "credentials-bad-policy", "credentials-oidc-token-missing", "credentials-profile-file-missing",
        "credentials-session-too-short", "credentials-uri-scheme", "duration-too-long", "duration-too-short",
        "duration-zero", "endpoint-http", "endpoint-port", "instance-duplicate-id", "route-unknown-target",
        "secret-empty-variable", "secret-file-empty", "secret-file-is-a-folder", "secret-file-missing",
        "secret-unset-variable", "storage-url-not-set", "storage-url-of-another-kind", "target-ca-file",
        "target-ntfy-topic", "target-pagerduty", "target-proxy",
        "target-template", "target-host-idn", "target-pagerduty-key", "target-telegram-ids",
        "target-url-in-variable", "target-url-not-http", "target-url-with-fragment", "target-url-with-space",
        "target-url-without-scheme", "duplicate-key", "target-webhook-secret-size",
        "summary-with-a-wrong-target", "variables", "web-token", "web-token-unset",
    ]

    private static let python = """
        import json, sys
        from jsonschema import Draft202012Validator
        folder, fixtures = sys.argv[1], sys.argv[2:]
        schema = json.load(open(folder + "/schema.json", encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema)
        for path in fixtures:
            try:
                config = json.load(open(path, encoding="utf-8"))
            except (ValueError, RecursionError):
                print("broken", path)
                continue
            print("valid" if validator.is_valid(config) else "invalid", path)
        """

    private static let isAvailable: Bool = {
        (try? run(["-c", "import jsonschema; jsonschema.Draft202012Validator"])) != nil
    }()

    @Test(.enabled(if: isAvailable, "SKIPPED: no python3 with jsonschema here (apt-get install python3-jsonschema)"))
    func `examples and doubtful configs are valid, bad ones are not`() throws {
        let examples = ["config", "minimal", "full"].map { Fixture.examples.appending(path: "\($0).json").path }
        let warned = paths("warned")
        let bad = paths("bad")
        let output = try Self.run(["-c", Self.python, Fixture.examples.path] + examples + warned + bad)
        var verdicts: [String: Substring] = [:]
        for line in output.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            if parts.count == 2 { verdicts[String(parts[1])] = parts[0] }
        }
        #expect(verdicts.count == examples.count + warned.count + bad.count)
        for path in examples + warned { #expect(verdicts[path] == "valid", "\(path)") }
        let passed = bad.filter { verdicts[$0] == "valid" }.map {
            URL(filePath: $0).deletingPathExtension().lastPathComponent
        }
        #expect(Set(passed).subtracting(Self.unseen).sorted() == [], "the decoder refuses these, the schema should too")
    }

    private func paths(_ kind: String) -> [String] {
        Fixture.names(in: kind).map { Fixture.folder.appending(path: "\(kind)/\($0).json").path }
    }

    /// What python3 prints.
    private static func run(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return String(decoding: data, as: UTF8.self)
    }
}
