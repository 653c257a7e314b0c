import Foundation
import Model
import PolarDB
import Testing

struct AccessKeyTests {
    private let now = Timestamp(milliseconds: 0)

    @Test func `reads files at each use`() async throws {
        let values = Values(["/id": "LTAI1\n", "/secret": "one "])
        let provider = AccessKeyProvider(
            id: Secret(.file("/id")), secret: Secret(.file("/secret")), securityToken: nil, read: values.read)
        #expect(try await provider.credentials(at: now).accessKeySecret == "one")
        values.set("/secret", "two")
        let credentials = try await provider.credentials(at: now)
        #expect(credentials.accessKeyID == "LTAI1")
        #expect(credentials.accessKeySecret == "two")
        #expect(credentials.securityToken == nil)
    }

    @Test func `says what cannot be read, and never a value`() async throws {
        let values = Values(["/id": "LTAI1"])
        let provider = AccessKeyProvider(
            id: Secret(.file("/id")), secret: Secret(.file("/secret")), securityToken: nil, read: values.read)
        let failure = await #expect(throws: PollFailure.self) { try await provider.credentials(at: now) }
        #expect(failure?.reason == .credentials)
        #expect(failure?.message.contains("/secret") == true)
        values.set("/secret", " ")
        #expect(
            await #expect(throws: PollFailure.self) { try await provider.credentials(at: now) }?.reason == .credentials)
    }

    @Test func `prints no secret`() async throws {
        let credentials = Credentials(
            accessKeyID: "LTAI1", accessKeySecret: "s3cret", securityToken: "t0ken", origin: "a test")
        var dumped = "\(credentials) \(String(reflecting: credentials)) "
        dump(credentials, to: &dumped)
        #expect(!dumped.contains("s3cret"))
        #expect(!dumped.contains("t0ken"))
        #expect(dumped.contains("a test"))
    }

    @Test func `takes the environment where it names both halves`() async throws {
        let both = [
            "ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAI1", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "s",
            "ALIBABA_CLOUD_SECURITY_TOKEN": "",
        ]
        let credentials = try await EnvironmentProvider(environment: both).credentials(at: now)
        #expect(credentials.accessKeyID == "LTAI1")
        #expect(credentials.securityToken == nil)
        #expect(credentials.origin.contains("environment"))
        for incomplete in [
            [:], ["ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAI1"],
            both.merging(["ALIBABA_CLOUD_ACCESS_KEY_SECRET": " "]) { $1 },
        ] {
            let provider = EnvironmentProvider(environment: incomplete)
            #expect(!provider.isConfigured)
            #expect(
                await #expect(throws: PollFailure.self) { try await provider.credentials(at: now) }?.reason
                    == .credentials)
        }
    }

    private final class Values: @unchecked Sendable {
        private let lock = NSLock()
        private var values: [String: String]

        init(_ values: [String: String]) {
            self.values = values
        }

        func set(_ path: String, _ value: String) {
            lock.withLock { values[path] = value }
        }

        var read: SecretReader {
            { secret in
                guard case .file(let path) = secret.source, let value = self.lock.withLock({ self.values[path] }) else {
                    throw MissingFile(description: "cannot read \(secret.source)")
                }
                return value
            }
        }
    }

    private struct MissingFile: Error, CustomStringConvertible {
        let description: String
    }
}
